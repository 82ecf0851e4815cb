package io.blipmq.daemon.threads;

import java.util.concurrent.TimeUnit;

/**
 * Whether so little happens that the core's thread may force the log itself: every client then waits for that force anyway,
 * and two hand-overs between threads are saved. Owned by the thread that runs the core.
 *
 * <p>The load is light when each of the last {@value #HAND_OVERS_MIN} hand-overs to the log had few records and little other
 * work before it. Anything larger starts the count again, and so does a force of the core's thread that was slow: others may
 * have waited for it. Where slow forces are not rare, more than one in {@value #SLOW_COST}, saving hand-overs is not worth
 * that, and the core's thread forces nothing for {@value #HAND_OVERS_MAX} hand-overs before it tries again.
 */
final class LightLoad {
    static final int HAND_OVERS_MIN = 32;
    static final int HAND_OVERS_MAX = 4096;

    /** A few publishers that wait for each of their messages, and what is acknowledged meanwhile. */
    static final long RECORDS_MAX = 8;
    /** Sockets, frames, answers and deliveries of all turns before it: one publisher and one subscriber make 6 to 18. */
    static final long WORK_MAX = 32;

    /** Many times what two hand-overs cost, and less than a client notices. */
    static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** A fast force earns one credit, a slow one costs so many. */
    static final int SLOW_COST = 32;

    static final int CREDIT_AT_FIRST = 2 * SLOW_COST;
    /** A good past excuses so much and no more. */
    static final int CREDIT_MAX = 8 * SLOW_COST;

    private final boolean allowed;
    private final int handOversMin;
    private final int handOversMax;
    private int asked;
    private int handOvers;
    private int credit = CREDIT_AT_FIRST;
    private long lastSequence;
    private long work;

    /** @param allowed whether the load can be light at all; if not, the core always goes on while the log is written */
    LightLoad(boolean allowed) {
        this(allowed, HAND_OVERS_MIN, HAND_OVERS_MAX);
    }

    /** With other limits, for tests that cannot wait. */
    LightLoad(boolean allowed, int handOversMin, int handOversMax) {
        this.allowed = allowed;
        this.handOversMin = handOversMin;
        this.handOversMax = handOversMax;
        this.asked = handOversMin;
    }

    boolean isLight() {
        return allowed && handOvers == asked;
    }

    /** A turn has done so much. */
    void onTurn(int workOfTurn) {
        work += workOfTurn;
    }

    /** The turn handed everything up to this record to the log. */
    void onHandOver(long sequence) {
        boolean small = sequence - lastSequence <= RECORDS_MAX && work <= WORK_MAX;
        handOvers = small ? Math.min(handOvers + 1, asked) : 0;
        lastSequence = sequence;
        work = 0;
    }

    /** The core's thread has run a turn of the log, because the load was light. */
    void onForced(long nanos) {
        if (nanos > SLOW_NANOS) {
            onSlow();
        } else {
            credit = Math.min(credit + 1, CREDIT_MAX);
            ask(handOversMin);
        }
    }

    /** Such a turn took so long that another thread took over the core. */
    void onSlow() {
        handOvers = 0;
        credit -= SLOW_COST;
        if (credit > 0) {
            ask(handOversMin);
        } else {
            ask(handOversMax);
            credit = CREDIT_AT_FIRST;
        }
    }

    private void ask(int count) {
        asked = count;
        handOvers = Math.min(handOvers, count);
    }
}
