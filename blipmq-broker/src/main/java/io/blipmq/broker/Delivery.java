package io.blipmq.broker;

/**
 * A QoS 1 message in one subscription's hands: delivered at least once and not settled. Owned by the core thread. It
 * carries the message's place, so that the topic may forget positions that every cursor has passed.
 */
final class Delivery {
    /** What a delivery waits for. */
    enum State {
        /** Its acknowledgement; a deadline runs. */
        IN_FLIGHT,
        /** The next POLL: its deadline passed, or its connection ended. */
        DUE,
        /** Its move to the dead letters to be stored. */
        MOVING,
        /** Nothing: acknowledged, expired or moved. */
        SETTLED
    }

    final DurableSubscription subscription;
    final long tag;
    final StoredMessage message = new StoredMessage();
    int attempts;
    State state = State.DUE;

    /** Owned by {@link DeadlineWheel}. */
    long deadlineNanos;

    Delivery wheelNext;
    Delivery wheelPrevious;
    boolean scheduled;

    Delivery(DurableSubscription subscription, StoredMessage message) {
        this.subscription = subscription;
        this.tag = message.sequence;
        this.message.set(message);
    }
}
