package io.blipmq.client;

/** Hears how it stands with a subscription, on the client's own thread, under the rules of {@link ConnectionListener}. */
@FunctionalInterface
public interface SubscriptionListener {
    /**
     * @param reason why it waits or has ended; of one that is attached once more, what it may have missed. Else empty
     */
    void onState(SubscriptionState state, String reason);
}
