package io.blipmq.metrics;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How busy an agent's thread is. Owned by that thread, which calls {@link #turnBegan} when it has something to do (a
 * blocking select has returned) and {@link #turnEnded} before it waits again; {@link #stats} may be called by any.
 *
 * <p>Time in a turn is busy, all other time is idle. The last seconds are kept in a ring of slots, one per second since
 * the start; a slot says which second it holds, so a second in which nothing ended needs no write. A turn is spread
 * over the seconds it took. The writer publishes with release stores and allocates nothing; a reader that meets a turn's
 * end may see it half counted, which {@link #stats} keeps within 0 and 1.
 */
public final class DutyCycle {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int WINDOW_SECONDS = 10;
    /** The window, the second that runs, and room for a reader that lags behind the writer. */
    private static final int SLOTS = 16;

    private static final int FIELDS = 3;
    private static final int SECOND = 0;
    private static final int BUSY_NANOS = 1;
    private static final int LONGEST_NANOS = 2;
    private static final long NOT_IN_A_TURN = -1;

    private final String agent;
    private final long startNanos;

    private final AtomicLongArray slots = new AtomicLongArray(SLOTS * FIELDS);
    private final AtomicLong turns = new AtomicLong();
    private final AtomicLong busyNanos = new AtomicLong();
    private final AtomicLong longestTurnNanos = new AtomicLong();
    /** Since the start, like all times inside. */
    private final AtomicLong turnBeganNanos = new AtomicLong(NOT_IN_A_TURN);

    /** Starts the record of an agent, idle. */
    public DutyCycle(String agent, long nowNanos) {
        this.agent = agent;
        this.startNanos = nowNanos;
    }

    /** The agent's name. */
    public String agent() {
        return agent;
    }

    /** On the agent's thread: a turn begins. */
    public void turnBegan(long nowNanos) {
        turnBeganNanos.setRelease(nowNanos - startNanos);
    }

    /** On the agent's thread: the turn has ended. */
    public void turnEnded(long nowNanos) {
        long began = turnBeganNanos.getPlain();
        assert began != NOT_IN_A_TURN : "a turn of " + agent + " ended that had not begun";
        long ended = nowNanos - startNanos;
        spread(began, ended);
        longestTurnNanos.setRelease(Math.max(longestTurnNanos.getPlain(), ended - began));
        busyNanos.setRelease(busyNanos.getPlain() + ended - began);
        turns.setRelease(turns.getPlain() + 1);
        turnBeganNanos.setRelease(NOT_IN_A_TURN);
    }

    /** Turns that have ended. */
    public long turns() {
        return turns.getAcquire();
    }

    /** Time spent in turns that have ended. */
    public long busyNanos() {
        return busyNanos.getAcquire();
    }

    /** How long the running turn has taken, 0 between turns. */
    public long currentTurnNanos(long nowNanos) {
        long began = turnBeganNanos.getAcquire();
        return began == NOT_IN_A_TURN ? 0 : Math.max(0, nowNanos - startNanos - began);
    }

    /** A snapshot; the shares of the last 1 and 10 seconds are those of whole seconds since the start. */
    public AgentStats stats(long nowNanos) {
        long now = Math.max(1, nowNanos - startNanos);
        long current = currentTurnNanos(nowNanos);
        return new AgentStats(
                agent,
                windowShare(now, current, 1),
                windowShare(now, current, WINDOW_SECONDS),
                share(busyNanos() + current, now),
                turns(),
                Math.max(current, longestSince(now / NANOS_PER_SECOND - WINDOW_SECONDS)),
                Math.max(current, longestTurnNanos.getAcquire()),
                current);
    }

    private void spread(long began, long ended) {
        long last = ended / NANOS_PER_SECOND;
        for (long second = Math.max(began / NANOS_PER_SECOND, last - SLOTS + 1); second <= last; second++) {
            int slot = claim(second);
            slots.setRelease(slot + BUSY_NANOS, slots.getPlain(slot + BUSY_NANOS) + overlap(began, ended, second, 1));
            slots.setRelease(slot + LONGEST_NANOS, Math.max(slots.getPlain(slot + LONGEST_NANOS), ended - began));
        }
    }

    private int claim(long second) {
        int slot = slotOf(second);
        if (slots.getPlain(slot + SECOND) != second) {
            slots.setRelease(slot + BUSY_NANOS, 0);
            slots.setRelease(slot + LONGEST_NANOS, 0);
            slots.setRelease(slot + SECOND, second);
        }
        return slot;
    }

    private double windowShare(long now, long current, int seconds) {
        long thisSecond = now / NANOS_PER_SECOND;
        if (thisSecond == 0) {
            return share(busyNanos() + current, now);
        }
        long first = Math.max(0, thisSecond - seconds);
        long busy = overlap(now - current, now, first, thisSecond - first);
        for (long second = first; second < thisSecond; second++) {
            int slot = slotOf(second);
            busy += slots.getAcquire(slot + SECOND) == second ? slots.getAcquire(slot + BUSY_NANOS) : 0;
        }
        return share(busy, (thisSecond - first) * NANOS_PER_SECOND);
    }

    private long longestSince(long firstSecond) {
        long longest = 0;
        for (int slot = 0; slot < slots.length(); slot += FIELDS) {
            if (slots.getAcquire(slot + SECOND) >= firstSecond) {
                longest = Math.max(longest, slots.getAcquire(slot + LONGEST_NANOS));
            }
        }
        return longest;
    }

    /** How much of the time between two moments lies in the seconds from {@code second} on. */
    private static long overlap(long began, long ended, long second, long seconds) {
        long from = Math.max(began, second * NANOS_PER_SECOND);
        long to = Math.min(ended, (second + seconds) * NANOS_PER_SECOND);
        return Math.max(0, to - from);
    }

    private static double share(long busy, long all) {
        return Math.min(1.0, (double) busy / all);
    }

    private static int slotOf(long second) {
        return (int) (second % SLOTS) * FIELDS;
    }
}
