package io.blipmq.broker;

import java.util.concurrent.TimeUnit;

/** Options of tests: the defaults with one thing changed. */
final class Options {
    private static final BrokerOptions D = BrokerOptions.defaults();
    /** Few, so that every test with some messages finds positions in the journal again. */
    private static final int POSITIONS_MAX = 64;

    private Options() {}

    static BrokerOptions deliveriesMax(int max) {
        return with(max, 0, D.subscriptionExpiryNanos(), D.detachedBacklogBytesMax());
    }

    static BrokerOptions messageTtlMillis(long millis) {
        return with(D.deliveriesMax(), millis, D.subscriptionExpiryNanos(), D.detachedBacklogBytesMax());
    }

    static BrokerOptions subscriptionExpirySeconds(long seconds) {
        return subscriptionExpirySeconds(seconds, 0);
    }

    /** @param graceSeconds after a start, in which none expires */
    static BrokerOptions subscriptionExpirySeconds(long seconds, long graceSeconds) {
        return with(
                D.deliveriesMax(),
                0,
                TimeUnit.SECONDS.toNanos(seconds),
                D.detachedBacklogBytesMax(),
                D.limits().withStartGraceNanos(TimeUnit.SECONDS.toNanos(graceSeconds)));
    }

    static BrokerOptions detachedBacklogBytesMax(long bytes) {
        return with(D.deliveriesMax(), 0, D.subscriptionExpiryNanos(), bytes);
    }

    static BrokerOptions inFlightMax(int max) {
        return limits(D.liveMessagesMax(), D.liveBytesMax(), max, D.subscriptionsMax());
    }

    static BrokerOptions subscriptionsMax(int max) {
        return limits(D.liveMessagesMax(), D.liveBytesMax(), D.inFlightMax(), max);
    }

    static BrokerOptions subscriptionsPerClientMax(int max) {
        return limits(D.liveMessagesMax(), D.liveBytesMax(), D.inFlightMax(), D.subscriptionsMax(), max);
    }

    static BrokerOptions liveMessagesMax(int max) {
        return limits(max, D.liveBytesMax(), D.inFlightMax(), D.subscriptionsMax());
    }

    static BrokerOptions liveBytesMax(long max) {
        return limits(D.liveMessagesMax(), max, D.inFlightMax(), D.subscriptionsMax());
    }

    static BrokerOptions stateBytesMax(long max) {
        return new BrokerOptions(
                D.deliveriesMax(),
                TimeUnit.HOURS.toNanos(1),
                0,
                D.subscriptionExpiryNanos(),
                D.detachedBacklogBytesMax(),
                D.deadLetterRetentionMillis(),
                D.liveMessagesMax(),
                D.liveBytesMax(),
                D.inFlightMax(),
                POSITIONS_MAX,
                D.subscriptionsMax(),
                D.subscriptionsPerClientMax(),
                max,
                D.limits());
    }

    private static BrokerOptions with(int deliveriesMax, long ttlMillis, long expiryNanos, long backlogBytesMax) {
        return with(deliveriesMax, ttlMillis, expiryNanos, backlogBytesMax, D.limits());
    }

    private static BrokerOptions with(
            int deliveriesMax, long ttlMillis, long expiryNanos, long backlogBytesMax, BrokerLimits limits) {
        return new BrokerOptions(
                deliveriesMax,
                D.ackTimeoutNanos(),
                ttlMillis,
                expiryNanos,
                backlogBytesMax,
                D.deadLetterRetentionMillis(),
                D.liveMessagesMax(),
                D.liveBytesMax(),
                D.inFlightMax(),
                POSITIONS_MAX,
                D.subscriptionsMax(),
                D.subscriptionsPerClientMax(),
                D.stateBytesMax(),
                limits);
    }

    private static BrokerOptions limits(int liveMessagesMax, long liveBytesMax, int inFlightMax, int subscriptionsMax) {
        return limits(liveMessagesMax, liveBytesMax, inFlightMax, subscriptionsMax, D.subscriptionsPerClientMax());
    }

    private static BrokerOptions limits(
            int liveMessagesMax,
            long liveBytesMax,
            int inFlightMax,
            int subscriptionsMax,
            int subscriptionsPerClientMax) {
        return new BrokerOptions(
                D.deliveriesMax(),
                D.ackTimeoutNanos(),
                0,
                D.subscriptionExpiryNanos(),
                D.detachedBacklogBytesMax(),
                D.deadLetterRetentionMillis(),
                liveMessagesMax,
                liveBytesMax,
                inFlightMax,
                POSITIONS_MAX,
                subscriptionsMax,
                subscriptionsPerClientMax,
                D.stateBytesMax(),
                D.limits());
    }
}
