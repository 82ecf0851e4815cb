package io.blipmq.broker;

import io.blipmq.broker.journal.CommandLog;

/**
 * The time of the turn, which is the same for all that happens in it. Owned by the core thread. Deadlines go by the monotonic
 * clock, what is stored by {@link WallTime}.
 */
final class TurnClock {
    private static final long READING_NANOS_MAX = 100_000_000;

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
        wall.start(nowNanos, clock.epochMillis(), appliedSequence);
    }

    /** From now on this node's time counts for all that keep the log with it. */
    void startLeading() {
        startNanos = nowNanos;
        wall.startLeading(nowNanos, clock.epochMillis());
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
