package io.blipmq.broker;

import io.blipmq.broker.journal.CommandLog;

/**
 * The time of the turn, which is the same for all that happens in it. Owned by the core thread. Deadlines go by the monotonic
 * clock, what is stored by {@link WallTime}.
 */
final class TurnClock {
    private static final long READING_NANOS_MAX = 100_000_000;
    private static final int READINGS_MAX = 10;

    private final WallTime wall;
    private final BrokerClock clock;
    private long startNanos;
    private long nowNanos;

    TurnClock(WallTime wall, BrokerClock clock) {
        this.wall = wall;
        this.clock = clock;
        this.nowNanos = clock.nanoTime();
        this.startNanos = nowNanos;
    }

    /** All of replay is over, and this node alone keeps its log. */
    void start(long appliedSequence) {
        read((nanos, millis) -> wall.start(nanos, millis, appliedSequence));
    }

    /** From now on this node's time counts for all that keep the log with it. */
    void startLeading() {
        startNanos = nowNanos;
        read(wall::startLeading);
    }

    /** What the two clocks say at one moment. */
    private interface Reading {
        void take(long nanos, long millis);
    }

    /**
     * The wall's clock is read before the other one: so the broker's time is never ahead of it. This thread may have to wait in
     * between, so the closest of some readings is taken.
     */
    private void read(Reading reading) {
        long closest = Long.MAX_VALUE;
        long nanos = 0;
        long millis = 0;
        for (int i = 0; i < READINGS_MAX && closest > 0; i++) {
            long before = clock.nanoTime();
            long read = clock.epochMillis();
            long after = clock.nanoTime();
            if (after - before < closest) {
                closest = after - before;
                nanos = after;
                millis = read;
            }
        }
        reading.take(nanos, millis);
    }

    /** A turn begins. */
    void advance(long newNowNanos) {
        nowNanos = newNowNanos;
        wall.advance(newNowNanos);
        if (wall.isOff(newNowNanos, clock.epochMillis())) {
            readClock();
        }
    }

    /** The turn may have begun long before the clock was read; nor does it count when this thread waits between the readings. */
    private void readClock() {
        long before = clock.nanoTime();
        long millis = clock.epochMillis();
        if (clock.nanoTime() - before < READING_NANOS_MAX) {
            wall.onClockRead(before, millis);
        }
    }

    long nowNanos() {
        return nowNanos;
    }

    long nowMillis() {
        return wall.nowMillis();
    }

    /** As {@link WallTime#tell}. */
    void tell(CommandLog log) {
        wall.tell(log);
    }

    /** How long this node has been serving clients. */
    long runningNanos() {
        return nowNanos - startNanos;
    }
}
