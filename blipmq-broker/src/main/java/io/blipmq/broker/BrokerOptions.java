package io.blipmq.broker;

import java.util.concurrent.TimeUnit;

/**
 * The core's limits and times. Immutable.
 *
 * @param deliveriesMax deliveries of a QoS 1 message before it becomes a dead letter; 0 = without limit
 * @param ackTimeoutNanos until a first delivery that was not acknowledged is due again; doubles with each delivery
 * @param messageTtlMillis how long a QoS 1 message may wait; 0 = for ever
 * @param subscriptionExpiryNanos how long a durable subscription may stay detached
 * @param detachedBacklogBytesMax how much a detached subscription may collect before it is removed
 * @param deadLetterRetentionMillis how long a dead letter is kept
 * @param memoryMessagesMax QoS 0 messages that may wait for one subscription before the oldest is dropped
 * @param memoryBytesMax memory for all waiting QoS 0 messages together
 * @param inFlightMax deliveries of one subscription that may be unsettled at a time; bounds memory per subscription
 * @param positionsMax positions of waiting messages that are kept in memory, 16 bytes each; older ones are found in the
 *     journal again
 * @param subscriptionsMax subscriptions of all kinds together; bounds memory whatever clients ask for
 * @param subscriptionsPerClientMax subscriptions that one connection may have; bounds the work that its end brings
 * @param stateBytesMax memory for subscriptions and for deliveries that are not settled, of all together: beyond it credit
 *     is not used and no subscription is made
 * @param deduplication of messages with publish ids
 * @param limits of a turn's work and the like, which no configuration changes
 */
public record BrokerOptions(
        int deliveriesMax,
        long ackTimeoutNanos,
        long messageTtlMillis,
        long subscriptionExpiryNanos,
        long detachedBacklogBytesMax,
        long deadLetterRetentionMillis,
        int memoryMessagesMax,
        long memoryBytesMax,
        int inFlightMax,
        long positionsMax,
        int subscriptionsMax,
        int subscriptionsPerClientMax,
        long stateBytesMax,
        DeduplicationOptions deduplication,
        BrokerLimits limits) {

    /** A redelivery waits at most this long, unless the first one is configured to wait longer. */
    static final long BACKOFF_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

    private static final int ROUTES_SHARE = 16;
    /** What a route takes with the name that it is of. */
    private static final int ROUTE_BYTES = 128;

    /** The defaults of the configuration. */
    public static BrokerOptions defaults() {
        return new BrokerOptions(
                3,
                TimeUnit.MILLISECONDS.toNanos(100),
                0,
                TimeUnit.HOURS.toNanos(24),
                1L << 30,
                TimeUnit.DAYS.toMillis(7),
                65_536,
                64L << 20,
                16_384,
                1 << 20,
                1_000_000,
                10_000,
                2L << 30,
                DeduplicationOptions.defaults(),
                BrokerLimits.defaults());
    }

    /** Routes of names that are remembered: a power of two, for which a sixteenth of the memory for state is enough. */
    int routesCached() {
        long fitting = Math.max(1, stateBytesMax / ROUTES_SHARE / ROUTE_BYTES);
        return (int) Long.highestOneBit(Math.min(limits.routesCached(), fitting));
    }

    /**
     * When a message expires.
     *
     * @param fromMillis when its time to live begins
     * @param ownTtlMillis what its publisher asks for, unsigned; 0: nothing
     * @return wall-clock milliseconds; 0: never
     */
    long expiresMillis(long fromMillis, long ownTtlMillis) {
        long ttlMillis = ownTtlMillis == 0 ? messageTtlMillis : ownTtlMillis;
        if (ttlMillis == 0) {
            return 0;
        }
        long expires = fromMillis + ttlMillis;
        return ttlMillis < 0 || expires < 0 ? Long.MAX_VALUE : expires;
    }

    /** How long the {@code attempt}-th delivery (from 1) may stay unacknowledged. */
    long ackTimeoutNanos(int attempt) {
        long cap = Math.max(BACKOFF_NANOS_MAX, ackTimeoutNanos);
        int doublings = Math.min(attempt - 1, 30);
        return ackTimeoutNanos > cap >> doublings ? cap : ackTimeoutNanos << doublings;
    }

    boolean isLastDelivery(int attempt) {
        return deliveriesMax > 0 && attempt >= deliveriesMax;
    }
}
