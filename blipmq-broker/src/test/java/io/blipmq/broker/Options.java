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
                startGrace(TimeUnit.SECONDS.toNanos(graceSeconds)));
    }

    private static BrokerLimits startGrace(long nanos) {
        return limits(nanos, D.limits().schedules());
    }

    static BrokerOptions schedules(ScheduleLimits schedules) {
        return with(
                D.deliveriesMax(),
                0,
                D.subscriptionExpiryNanos(),
                D.detachedBacklogBytesMax(),
                limits(D.limits().startGraceNanos(), schedules));
    }

    private static BrokerLimits limits(long startGraceNanos, ScheduleLimits schedules) {
        BrokerLimits d = D.limits();
        return new BrokerLimits(
                d.commandsPerTurn(),
                d.expiredPerStep(),
                d.sweptMax(),
                d.tickWorkPerTurn(),
                d.captureWorkPerTurn(),
                startGraceNanos,
                d.downMillisMax(),
                d.lettersPerRequest(),
                d.lettersPerTurn(),
                d.letterBytesPerTurn(),
                d.pushesPerService(),
                d.pushesPerTurn(),
                d.listItems(),
                d.listWork(),
                d.delayedMax(),
                d.waitingSettlements(),
                d.wheelTickShift(),
                d.wheelSlots(),
                d.pageEntriesMin(),
                d.pageEntriesMax(),
                d.subscriptionBytes(),
                d.memorySubscriptionBytes(),
                d.deliveryBytes(),
                d.letterBytes(),
                d.smallChunkBytes(),
                d.chunkBytes(),
                d.largeChunkBytes(),
                d.pooledSmallChunks(),
                d.pooledChunks(),
                d.routesCached(),
                schedules);
    }

    static BrokerOptions detachedBacklogBytesMax(long bytes) {
        return with(D.deliveriesMax(), 0, D.subscriptionExpiryNanos(), bytes);
    }

    static BrokerOptions inFlightMax(int max) {
        return limits(D.memoryMessagesMax(), D.memoryBytesMax(), max, D.subscriptionsMax());
    }

    static BrokerOptions subscriptionsMax(int max) {
        return limits(D.memoryMessagesMax(), D.memoryBytesMax(), D.inFlightMax(), max);
    }

    static BrokerOptions subscriptionsPerClientMax(int max) {
        return limits(D.memoryMessagesMax(), D.memoryBytesMax(), D.inFlightMax(), D.subscriptionsMax(), max);
    }

    static BrokerOptions memoryMessagesMax(int max) {
        return limits(max, D.memoryBytesMax(), D.inFlightMax(), D.subscriptionsMax());
    }

    static BrokerOptions memoryBytesMax(long max) {
        return limits(D.memoryMessagesMax(), max, D.inFlightMax(), D.subscriptionsMax());
    }

    static BrokerOptions stateBytesMax(long max) {
        return new BrokerOptions(
                D.deliveriesMax(),
                TimeUnit.HOURS.toNanos(1),
                0,
                D.subscriptionExpiryNanos(),
                D.detachedBacklogBytesMax(),
                D.deadLetterRetentionMillis(),
                D.memoryMessagesMax(),
                D.memoryBytesMax(),
                D.inFlightMax(),
                POSITIONS_MAX,
                D.subscriptionsMax(),
                D.subscriptionsPerClientMax(),
                max,
                D.deduplication(),
                D.limits());
    }

    static BrokerOptions deduplication(long windowMillis, int entriesMax, long bytesMax) {
        return new BrokerOptions(
                D.deliveriesMax(),
                D.ackTimeoutNanos(),
                0,
                D.subscriptionExpiryNanos(),
                D.detachedBacklogBytesMax(),
                D.deadLetterRetentionMillis(),
                D.memoryMessagesMax(),
                D.memoryBytesMax(),
                D.inFlightMax(),
                POSITIONS_MAX,
                D.subscriptionsMax(),
                D.subscriptionsPerClientMax(),
                D.stateBytesMax(),
                new DeduplicationOptions(windowMillis, entriesMax, bytesMax),
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
                D.memoryMessagesMax(),
                D.memoryBytesMax(),
                D.inFlightMax(),
                POSITIONS_MAX,
                D.subscriptionsMax(),
                D.subscriptionsPerClientMax(),
                D.stateBytesMax(),
                D.deduplication(),
                limits);
    }

    private static BrokerOptions limits(
            int memoryMessagesMax, long memoryBytesMax, int inFlightMax, int subscriptionsMax) {
        return limits(memoryMessagesMax, memoryBytesMax, inFlightMax, subscriptionsMax, D.subscriptionsPerClientMax());
    }

    private static BrokerOptions limits(
            int memoryMessagesMax,
            long memoryBytesMax,
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
                memoryMessagesMax,
                memoryBytesMax,
                inFlightMax,
                POSITIONS_MAX,
                subscriptionsMax,
                subscriptionsPerClientMax,
                D.stateBytesMax(),
                D.deduplication(),
                D.limits());
    }
}
