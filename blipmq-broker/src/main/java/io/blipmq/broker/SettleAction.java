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
    EXTEND,
    /** Take it back, as if it had not been delivered: due again at once. */
    RELEASE,
    /** The client begins with it now: this attempt counts. */
    BEGIN
}
