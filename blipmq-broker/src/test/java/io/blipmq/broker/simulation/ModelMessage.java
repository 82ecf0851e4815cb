package io.blipmq.broker.simulation;

/** A QoS 1 message, or a dead letter, that a subscription is still owed. Owned by the simulation's thread. */
final class ModelMessage {
    enum State {
        /** Not delivered since the start. */
        NEW,
        /** Delivered; waits for its acknowledgement or its deadline. */
        IN_FLIGHT,
        /** To be due again at some time. */
        DELAYED,
        /** To be delivered again: its connection has ended. */
        DUE,
        /** Its move to the dead letters, or from there back to its subscription, is journalled. */
        MOVING
    }

    final long tag;
    final String payload;
    long expiresMillis;
    /** How many messages came to the subscription before it. */
    final long index;

    int attempts;
    State state = State.NEW;
    long deadlineNanos;
    /** By how much that may be earlier: how long a poll gives depends on attempts that are not known for sure. */
    long earlierNanos;
    /** Those it was published with, behind their length. */
    String properties = "";
    /** Those of a dead letter, without their length. */
    String letterProperties = "";

    /** Whether it has come back from the dead letters. */
    boolean redriven;

    long publishedMillis;
    /** Whom it was pushed to last; null when it was polled, or that one is gone. */
    ModelAttachment attachment;
    /** Whom it was pushed to last; null before, when it was polled last, and after a start. */
    ModelAttachment givenTo;
    /** How many deliveries that one had been pushed then, with this one: also its place in the order of delivery. */
    long pushIndex;
    /** Who has polled it and has it in hand, as long as its deadline has not been met; null when nobody has. */
    SimulatedClient poller;
    /** Whether a client may know its tag. */
    boolean delivered;
    /** Whether its client has begun with it. */
    boolean begun;
    /** Whether {@link #attempts} may be one too many: its connection ended when its time was about to. */
    boolean unsure;
    /** Whether it is to become a dead letter and nobody has it in hand. */
    boolean condemned;
    /** When its deadline may first have been met; 0 before. */
    long firedNanos;
    /** While delayed: when it may be due, and when it has to be. */
    long mayNanos;

    long mustNanos;
    /** Whether a client wants it to be a dead letter. */
    boolean rejected;
    /** Whether its move to the dead letters is due, whatever its deadline says. */
    boolean mayMove;
    /** Whether it is because there was no room when a client asked for it. */
    boolean moveWaits;

    ModelMessage(long tag, String payload, long expiresMillis, long index) {
        this.tag = tag;
        this.payload = payload;
        this.expiresMillis = expiresMillis;
        this.index = index;
    }

    ModelMessage copy() {
        ModelMessage copy = new ModelMessage(tag, payload, expiresMillis, index);
        copy.attempts = attempts;
        copy.delivered = delivered;
        copy.unsure = unsure;
        copy.state = state;
        copy.deadlineNanos = deadlineNanos;
        copy.earlierNanos = earlierNanos;
        copy.properties = properties;
        copy.letterProperties = letterProperties;
        copy.redriven = redriven;
        copy.publishedMillis = publishedMillis;
        copy.mayNanos = mayNanos;
        copy.mustNanos = mustNanos;
        return copy;
    }

    /** Its properties without their length, as they are pushed. */
    String ownProperties() {
        return properties.isEmpty() ? "" : properties.substring(4);
    }

    /** The clock has jumped. */
    void moveTimes(long millis) {
        expiresMillis = expiresMillis == 0 ? 0 : Math.max(1, expiresMillis + millis);
        publishedMillis = Math.max(0, publishedMillis + millis);
    }

    boolean isExpired(long nowMillis) {
        return expiresMillis != 0 && expiresMillis <= nowMillis;
    }

    /** Whether it waits in the order of the topic. */
    boolean isNew() {
        return state == State.NEW;
    }

    void delay(long newMayNanos, long newMustNanos) {
        state = State.DELAYED;
        mayNanos = newMayNanos;
        mustNanos = newMustNanos;
    }

    /** A client does not want it now, although it had let its time pass or had said so before. */
    void putOff(long nowNanos, long nanos) {
        if (state == State.DELAYED) {
            delay(Math.max(mayNanos, nowNanos + nanos), Math.max(mustNanos, nowNanos + nanos));
        } else if (nanos > 0) {
            delay(nowNanos + nanos, nowNanos + nanos);
        }
    }

    /** A client has asked for its move to the dead letters, which may have found no room. */
    void awaitMove(long nowNanos) {
        if (state != State.MOVING) {
            state = State.IN_FLIGHT;
            deadlineNanos = nowNanos;
            moveWaits = true;
            condemned = true;
        }
    }

    boolean isDelivered() {
        return delivered;
    }

    /** Whether a client has it in hand, as long as its deadline has not been met. */
    boolean isInHand() {
        return state == State.IN_FLIGHT && attachment != null && !condemned;
    }

    /** Whether it has left the broker's machine, as the broker knows. */
    boolean isWritten() {
        return attachment == null || attachment.client.written() >= pushIndex;
    }

    /** Whether {@link #attempts} may be one too many. */
    boolean isPerhapsLess() {
        return unsure || isInHand() && !isWritten();
    }

    /** The attempts that count when its connection ends now. */
    void endConnection(boolean pastDeadline) {
        if (!isInHand()) {
            return;
        }
        if (!isWritten()) {
            attempts--;
        } else if (attachment.countFromBegin && !begun) {
            attempts -= pastDeadline ? 0 : 1;
            unsure |= pastDeadline;
        }
    }

    /** A checkpoint begins: what it keeps of another one's attempts, which may leave the machine before it is written down. */
    void keepAttempts(ModelMessage other, boolean pastDeadline) {
        if (!other.isInHand()) {
            return;
        }
        if (!other.isWritten()) {
            unsure = true;
        } else if (other.attachment.countFromBegin && !other.begun) {
            attempts -= pastDeadline ? 0 : 1;
            unsure |= pastDeadline;
        }
    }

    @Override
    public String toString() {
        return "message " + tag + " '" + Texts.brief(payload) + "' " + state + ", deliveries: " + attempts
                + (condemned ? ", condemned" : "") + (rejected ? ", rejected" : "") + (unsure ? ", unsure" : "")
                + (isInHand() ? ", in hand" : "") + (isWritten() ? "" : ", not written");
    }
}
