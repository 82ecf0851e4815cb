package io.blipmq.client;

/** How it stands with a subscription. */
public enum SubscriptionState {
    /** The broker brings its deliveries. Told on each connection. */
    ATTACHED,
    /** The broker would not attach it again, and is asked again and again: another client may hold its name. */
    WAITING,
    /** No delivery comes any more. */
    ENDED
}
