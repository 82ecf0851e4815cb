package io.blipmq.broker;

/** What a client wants done with deliveries. Immutable. */
public enum SettleAction {
    /** Done: it leaves the subscription. */
    ACK,
    /** Deliver it again, at once or after a while. */
    NACK,
    /** Move it to the dead letters. */
    REJECT,
    /** More time from now on. */
    EXTEND
}
