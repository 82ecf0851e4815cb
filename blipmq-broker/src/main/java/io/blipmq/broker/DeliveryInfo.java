package io.blipmq.broker;

/**
 * What a key may know of a delivery that is not settled. Immutable.
 *
 * @param attempt how often it has been delivered
 * @param deadlineMillis until its deadline, or until it is due; 0 when it is due
 * @param bodyBytes length of the message without its properties
 */
public record DeliveryInfo(
        long tag, int attempt, State state, long deadlineMillis, long publishedMillis, int bodyBytes) {

    /** What it waits for. */
    public enum State {
        /** To be settled. */
        IN_FLIGHT,
        /** To be delivered again, as soon as there is credit. */
        DUE_AGAIN,
        /** To be due again, at its deadline. */
        DELAYED,
        /** To be stored as a dead letter, or back in the subscription that it failed in. */
        MOVING,
        /** To become a dead letter at its deadline: its last attempt is over, and nobody holds it. */
        LAST_ATTEMPT_OVER
    }
}
