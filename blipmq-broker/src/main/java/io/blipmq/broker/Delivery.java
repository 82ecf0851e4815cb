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
        /** To be due again; a deadline says when. */
        DELAYED,
        /** To be delivered again: its deadline passed, or its connection ended. */
        DUE,
        /** Its move to the dead letters to be stored, or from there back to its subscription. */
        MOVING,
        /** Nothing: acknowledged, expired or moved. */
        SETTLED
    }

    final DurableSubscription subscription;
    final long tag;
    final StoredMessage message = new StoredMessage();
    int attempts;
    State state = State.DUE;
    /** Whom it was pushed to, while that one has it; null when nobody has, or it was polled. */
    Attachment holder;
    /** Why it is to become a dead letter, once somebody has said so; null before. */
    byte[] rejectReason;

    /** After a start: until when it was put off, on the wall clock; 0: it was not. */
    long restoredDueMillis;

    /** Owned by {@link Unsettled}. */
    boolean inDueOrder;

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

    /** Whether it was delivered: what came back from the dead letters waits like any other message. */
    boolean isUnsettled() {
        return attempts > 0 || state != State.DUE;
    }

    /** What a client may know of its state. */
    DeliveryInfo.State shown() {
        return switch (state) {
            case IN_FLIGHT -> rejectReason != null ? DeliveryInfo.State.MOVING : shownInFlight();
            case DUE -> DeliveryInfo.State.DUE_AGAIN;
            case DELAYED -> DeliveryInfo.State.DELAYED;
            case MOVING, SETTLED -> DeliveryInfo.State.MOVING;
        };
    }

    private DeliveryInfo.State shownInFlight() {
        boolean held = holder != null || subscription.isPolled();
        return held ? DeliveryInfo.State.IN_FLIGHT : DeliveryInfo.State.LAST_ATTEMPT_OVER;
    }

    /** The one way to another state. */
    void transitionTo(State next) {
        subscription.unsettled().countDelayed(state, next);
        state = next;
    }

    /** Whether it came back from the dead letters, so that it is not one of its topic's messages any more. */
    boolean isRedriven() {
        return subscription.isRedriven(message);
    }
}
