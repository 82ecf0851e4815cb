package io.blipmq.broker.simulation;

/** A QoS 1 message, or a dead letter, that a subscription is still owed. Owned by the simulation's thread. */
final class ModelMessage {
    enum State {
        /** Not delivered since the start. */
        NEW,
        /** Delivered; waits for its acknowledgement or its deadline. */
        IN_FLIGHT,
        /** To be delivered again: its connection has ended. */
        DUE,
        /** Its move to the dead letters is journalled. */
        MOVING
    }

    final long tag;
    final String payload;
    final long expiresMillis;
    /** How many messages came to the subscription before it. */
    final long index;

    int attempts;
    State state = State.NEW;
    long deadlineNanos;

    ModelMessage(long tag, String payload, long expiresMillis, long index) {
        this.tag = tag;
        this.payload = payload;
        this.expiresMillis = expiresMillis;
        this.index = index;
    }

    ModelMessage copy() {
        ModelMessage copy = new ModelMessage(tag, payload, expiresMillis, index);
        copy.attempts = attempts;
        copy.state = state;
        copy.deadlineNanos = deadlineNanos;
        return copy;
    }

    boolean isExpired(long nowMillis) {
        return expiresMillis != 0 && expiresMillis <= nowMillis;
    }

    boolean isDelivered() {
        return attempts > 0;
    }

    @Override
    public String toString() {
        return "message " + tag + " '" + Texts.brief(payload) + "' " + state + ", deliveries: " + attempts;
    }
}
