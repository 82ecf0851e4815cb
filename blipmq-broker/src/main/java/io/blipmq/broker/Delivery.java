package io.blipmq.broker;

import io.blipmq.broker.journal.StoredMessage;

/**
 * A QoS 1 message that a subscription keeps beside its cursor until it is settled: it was delivered, it came back from
 * the dead letters, or it was taken out of the topic's order before anybody was given it. Owned by the core thread. It
 * carries the message's place, so that the topic may forget positions that every cursor has passed.
 */
final class Delivery {
    /** As large as a delivery's attempt gets on the wire. */
    private static final int ATTEMPT_SHOWN_MAX = 0xffff;

    /** What a delivery waits for. The moves between these are in {@link Delivery#transitionTo}. */
    enum State {
        /** To be delivered, as soon as there is credit. */
        DUE,
        /** The client that has it to settle it; a deadline runs. */
        IN_FLIGHT,
        /** To be due again; a deadline says when. */
        DELAYED,
        /** The deadline of its last attempt, whose client is gone: only an acknowledgement saves it from the dead letters. */
        LAST_ATTEMPT_OVER,
        /** Room in the journal for its move to the dead letters. */
        CONDEMNED,
        /** Its move to the dead letters to be stored, or from there back to its subscription. */
        MOVING,
        /** Its settlement to be stored: for everybody but the log it is settled. */
        SETTLING,
        /** Nothing: it has left the subscription. */
        SETTLED;

        private boolean mayBecome(State next) {
            if (next == SETTLED) {
                return this != SETTLED;
            }
            if (next == SETTLING) {
                return this != SETTLED && this != SETTLING;
            }
            return switch (this) {
                case DUE -> next != DUE;
                case IN_FLIGHT -> next != IN_FLIGHT;
                case DELAYED -> next != IN_FLIGHT && next != LAST_ATTEMPT_OVER;
                case LAST_ATTEMPT_OVER -> next == CONDEMNED || next == DELAYED;
                case CONDEMNED -> next == MOVING || next == DELAYED;
                case MOVING, SETTLING, SETTLED -> false;
            };
        }
    }

    final StoredSubscription subscription;
    final long tag;
    final StoredMessage message = new StoredMessage();
    /** Those that count, with the present one. */
    int attempts;

    private State state = State.DUE;
    /** Whether a client may know its tag. */
    boolean delivered;
    /** Whether the client that has it has begun with it, so that the attempt counts whatever happens. */
    private boolean begun;
    /**
     * Whether it was taken out of its topic's order and was never handed out, as on a node that follows another one: it still
     * waits, in front of what is behind the cursor. Changes only while it is not listed as due.
     */
    private boolean setAside;
    /** Whom it was pushed to, while that one has it; null when nobody has, or it was polled. */
    Attachment holder;
    /** Why it is to become a dead letter, when a client has said so; else null. */
    byte[] rejectReason;

    /** After a start: until when it was put off, on the wall clock; 0: it was not. */
    long restoredDueMillis;

    /** Owned by {@link InFlight}: the one that it was last in, and whether it is. */
    InFlight givenOutBy;

    boolean inHand;
    Delivery nextInFlight;
    Delivery previousInFlight;
    /** Where it ends in the output of its connection: also its place in the order of delivery. */
    long outputEnd;

    /** Owned by {@link Unsettled}. */
    boolean inDueOrder;

    /** Owned by {@link DeadlineWheel}. */
    long deadlineNanos;

    Delivery wheelNext;
    Delivery wheelPrevious;
    boolean scheduled;

    Delivery(StoredSubscription subscription, StoredMessage message) {
        this.subscription = subscription;
        this.tag = message.sequence;
        this.message.set(message);
    }

    /** One that nobody is given now. */
    static Delivery setAside(StoredSubscription subscription, StoredMessage message) {
        Delivery delivery = new Delivery(subscription, message);
        delivery.setAside = true;
        return delivery;
    }

    boolean isSetAside() {
        return setAside;
    }

    State state() {
        return state;
    }

    boolean is(State asked) {
        return state == asked;
    }

    /**
     * The one way to another state.
     *
     * <table>
     *   <caption>Legal moves</caption>
     *   <tr><td>DUE → IN_FLIGHT <td>it is pushed, or polled
     *   <tr><td>DUE, DELAYED → DELAYED <td>a late nack puts it off; it has expired and the journal has no room for that
     *   <tr><td>IN_FLIGHT → DUE <td>nacked, timed out, or its connection ended: without a delay; or released
     *   <tr><td>IN_FLIGHT → DELAYED <td>nacked or timed out with a delay; expired, and the journal has no room
     *   <tr><td>DELAYED → DUE <td>its time has come
     *   <tr><td>IN_FLIGHT → LAST_ATTEMPT_OVER <td>its connection ended during its last attempt
     *   <tr><td>DUE → LAST_ATTEMPT_OVER <td>a start finds that it had its last attempt before
     *   <tr><td>LAST_ATTEMPT_OVER, CONDEMNED → DELAYED <td>expired, and the journal has no room
     *   <tr><td>IN_FLIGHT → CONDEMNED <td>its last attempt was nacked or timed out, or it was rejected
     *   <tr><td>DUE, DELAYED → CONDEMNED <td>it was rejected late
     *   <tr><td>LAST_ATTEMPT_OVER → CONDEMNED <td>its deadline has passed
     *   <tr><td>CONDEMNED → MOVING <td>its move to the dead letters is journalled
     *   <tr><td>DUE, IN_FLIGHT, DELAYED → MOVING <td>a dead letter's way back to its subscription is journalled
     *   <tr><td>all but SETTLING, SETTLED → SETTLING <td>acknowledged, expired or purged: that is journalled, or waits for room
     *   <tr><td>all but SETTLED → SETTLED <td>its settlement or its move is applied, or its subscription ends
     * </table>
     *
     * <p>An acknowledgement hits in every state but SETTLING and SETTLED, except a dead letter that is MOVING back. All else that a client
     * may ask for hits what is IN_FLIGHT; a nack and a reject also what is DUE or DELAYED.
     */
    void transitionTo(State next) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException("delivery " + tag + " of subscription " + subscription.id() + " is " + state
                    + " and cannot become " + next);
        }
        subscription.beforeChange();
        subscription.unsettled().onTransition(this, next);
        state = next;
    }

    /** Whether it was delivered: what came back from the dead letters waits like any other message. */
    boolean isUnsettled() {
        return delivered || state != State.DUE;
    }

    /** What a client may know of its state. */
    DeliveryInfo.State shown() {
        return switch (state) {
            case IN_FLIGHT -> DeliveryInfo.State.IN_FLIGHT;
            case DUE -> DeliveryInfo.State.DUE_AGAIN;
            case DELAYED -> DeliveryInfo.State.DELAYED;
            case LAST_ATTEMPT_OVER -> DeliveryInfo.State.LAST_ATTEMPT_OVER;
            case CONDEMNED, MOVING, SETTLING, SETTLED -> DeliveryInfo.State.MOVING;
        };
    }

    /** Whether it came back from the dead letters, so that it is not one of its topic's messages any more. */
    boolean isRedriven() {
        return subscription.isRedriven(message);
    }

    /** Nobody has it in hand any more; who had it may take another one. */
    void leaveHand(ReadyList ready) {
        subscription.beforeChange(); // who has it in hand decides whether its attempt counts
        Attachment left = holder;
        if (left != null) {
            left.onDeliveryEnded(this);
            ready.add(left.target());
        } else if (inHand) {
            givenOutBy.remove(this);
        }
    }

    // --- attempts ---

    /** It is about to be handed out. */
    void beginAttempt() {
        subscription.beforeChange();
        if (setAside) {
            setAside = false;
            subscription.unsettled().onFirstAttempt();
        }
        attempts++;
        begun = false;
    }

    void markBegun() {
        subscription.beforeChange();
        begun = true;
    }

    /** @param attempt as a client was told it, or {@link SettleRequest#ANY_ATTEMPT} */
    boolean isAttempt(int attempt) {
        return attempt == SettleRequest.ANY_ATTEMPT || attempt == Math.min(attempts, ATTEMPT_SHOWN_MAX);
    }

    /** The attempt under way is to be as if it had not been. */
    void uncountAttempt() {
        subscription.beforeChange();
        attempts--;
    }

    /** Whether all of it has left this machine, as far as that is known. */
    boolean isWritten() {
        return holder == null || holder.client().sink().written() >= outputEnd;
    }

    /** Whether the attempt would count if the connection ended now: its client may have begun with it. */
    private boolean isAttemptMade() {
        return begun || isWritten() && (holder == null || !holder.countsFromBegin());
    }

    /** The attempts that would count if all connections ended now. */
    int attemptsMade() {
        return state == State.IN_FLIGHT && !isAttemptMade() ? attempts - 1 : attempts;
    }
}
