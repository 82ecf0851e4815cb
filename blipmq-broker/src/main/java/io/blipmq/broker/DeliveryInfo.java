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
        /** To be delivered again, now or at its deadline. */
        DUE,
        /** To be stored as a dead letter. */
        MOVING
    }
}
