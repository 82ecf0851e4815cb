package io.blipmq.broker;

/**
 * The memory of all subscriptions and of all deliveries that are not settled, within one budget. Owned by the core
 * thread.
 *
 * <p>Subscriptions may take three quarters of it. A subscription may hold as many deliveries as would still fit beside
 * them, so that a hundred that settle nothing leave room for one that does, and in any case one: what is held can
 * always be settled, so nobody waits for ever. Objects are counted at what they are taken to cost with all that belongs
 * to them, their part of a checkpoint too.
 */
final class StateMemory {
    private static final double SUBSCRIPTIONS_SHARE = 0.75;
    private static final int LETTERS_SHARE = 16;

    private final long bytesMax;
    private final BrokerLimits limits;
    private long subscriptionBytes;
    private long deliveries;
    private long letters;
    private long released;
    private long delayed;

    StateMemory(long bytesMax, BrokerLimits limits) {
        this.bytesMax = bytesMax;
        this.limits = limits;
    }

    void addSubscription(Subscription subscription) {
        subscriptionBytes += bytes(subscription);
    }

    void removeSubscription(Subscription subscription) {
        subscriptionBytes -= bytes(subscription);
        released++;
    }

    private long bytes(Subscription subscription) {
        return bytes(subscription instanceof StoredSubscription) + subscription.nameBytes();
    }

    private int bytes(boolean stored) {
        return stored ? limits.subscriptionBytes() : limits.memorySubscriptionBytes();
    }

    /**
     * @param stored whether the new one is stored
     * @param storing subscriptions that are coming already
     */
    boolean hasRoomForSubscription(boolean stored, int storing) {
        long coming = (long) storing * limits.subscriptionBytes() + bytes(stored);
        return subscriptionBytes + coming <= bytesMax * SUBSCRIPTIONS_SHARE;
    }

    void addDelivery() {
        deliveries++;
    }

    void removeDeliveries(int count) {
        deliveries -= count;
        released += count;
    }

    void addDelayed(int more) {
        delayed += more;
    }

    /** How many of the deliveries wait for a delay. */
    long delayed() {
        return delayed;
    }

    /** How many are unsettled now. */
    long deliveries() {
        return deliveries;
    }

    /** Grows whenever there may be room for somebody who had none. */
    long released() {
        return released;
    }

    /** Whether a subscription that holds so many deliveries may have another one. */
    boolean mayHoldAnother(int held) {
        long free = bytesMax - subscriptionBytes - deliveries * limits.deliveryBytes();
        return held == 0 || (long) held * limits.deliveryBytes() < free;
    }

    /** One more dead letter is remembered, or fewer. */
    void addLetters(int more) {
        letters += more;
    }

    /** How many dead letters are remembered. */
    long letters() {
        return letters;
    }

    /** How many may be. */
    static long lettersMax(long bytesMax, BrokerLimits limits) {
        return bytesMax / LETTERS_SHARE / limits.letterBytes();
    }
}
