package io.blipmq.broker;

/**
 * How many messages that were delivered and are not settled are in which state. Immutable.
 *
 * @param inFlight delivered to a client that holds them, their ack timeout running
 * @param dueAgain to be delivered again as soon as there is credit
 * @param delayed to be due again later
 * @param moving on their way to the dead letters, or from there back to their subscription
 */
public record DeliveryCounts(long inFlight, long dueAgain, long delayed, long moving) {
    static final DeliveryCounts NONE = new DeliveryCounts(0, 0, 0, 0);

    /** All of them. */
    public long unsettled() {
        return inFlight + dueAgain + delayed + moving;
    }
}
