package io.blipmq.broker;

import io.blipmq.broker.journal.ClockJump;
import io.blipmq.broker.journal.CommandLog;
import io.blipmq.broker.journal.StoredMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time on the wall, for what is stored with messages. Owned by the core thread.
 *
 * <p>The system's clock is asked once, at the start; from then on time passes as it really does, whatever the clock is set
 * to. Over a restart the clock is believed unless it says that more time has passed than a daemon is usually down, or less
 * than none. Then none has: times that were stored before are moved by what the clock has jumped, so that nothing is too old
 * at once that was not before, and nothing is from the future.
 */
final class WallTime {
    private static final Logger logger = LoggerFactory.getLogger(WallTime.class);

    /** What a clock may differ without a word. */
    private static final long TOLERANCE_MILLIS = 1_000;
    /** When there are more the two oldest become one. */
    private static final int JUMPS_MAX = 64;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final long downMillisMax;
    /** Oldest first. */
    private final List<ClockJump> jumps = new ArrayList<>(0);
    /** How many of them an earlier start has found: what a checkpoint holds has been moved by them. */
    private int oldJumps;

    private LongConsumer onJump = millis -> {};

    private long lastMillis;
    /** Of all messages published: a function of the log, whatever the clocks of those who wrote it said. */
    private long newestMillis;

    private boolean started;
    /** Whether this start has found a jump that the log does not tell of yet. */
    private boolean untold;

    private boolean following;
    private long startNanos;
    private long startMillis;
    private long nowMillis;
    /** How far the system's clock was from this when that was last said. */
    private long saidMillis;

    WallTime(BrokerLimits limits) {
        this.downMillisMax = limits.downMillisMax();
    }

    /** Tells of each jump of the clock that is found, by how much. */
    void onJump(LongConsumer moved) {
        onJump = moved;
    }

    // --- replay ---

    /** A checkpoint was taken at this time. */
    void restore(long millis, List<ClockJump> restored) {
        lastMillis = millis;
        newestMillis = millis;
        jumps.addAll(restored);
        oldJumps = jumps.size();
    }

    /** A command says what the time was; after the start it says nothing new of the clock. */
    void onClock(long sequence, long millis) {
        newestMillis = Math.max(newestMillis, millis);
        if (!started) {
            observe(millis, sequence - 1);
            lastMillis = millis;
        }
    }

    /** All of replay is over. */
    void start(long nanos, long clockMillis, long appliedSequence) {
        long jump = observe(clockMillis, appliedSequence);
        if (jump != 0) {
            logger.warn(
                    "the system clock says that {} have passed since this log was written last, which is not believed:"
                            + " what is stored in it counts as no older than it was then",
                    Duration.ofMillis(jump));
        }
        started = true;
        startNanos = nanos;
        startMillis = clockMillis;
        nowMillis = clockMillis;
        untold = jump != 0;
    }

    /**
     * Lets the log say that the clock has jumped. What holds times that have been moved may only stand behind that, so that the
     * next start does not move them again.
     */
    void tell(CommandLog log) {
        untold = untold && log.appendClock(nowMillis) < 0;
    }

    /** Several nodes keep the log together, each with a clock of its own: a step in the log's times is no step of a clock. */
    void follow() {
        jumps.clear();
        oldJumps = 0;
        started = true;
        following = true;
    }

    /** This node leads from now on. Time does not go back behind what another one has stored. */
    void startLeading(long nanos, long clockMillis) {
        following = false;
        startNanos = nanos;
        startMillis = Math.max(clockMillis, newestMillis);
        nowMillis = startMillis;
        saidMillis = clockMillis - startMillis;
    }

    private long observe(long millis, long throughSequence) {
        long passed = millis - lastMillis;
        if (lastMillis == 0 || -TOLERANCE_MILLIS <= passed && passed <= downMillisMax) {
            return 0;
        }
        jumps.add(new ClockJump(throughSequence, passed));
        onJump.accept(passed);
        if (jumps.size() > JUMPS_MAX) {
            ClockJump oldest = jumps.remove(0);
            ClockJump next = jumps.get(0);
            jumps.set(0, new ClockJump(next.throughSequence(), next.millis() + Math.max(0, oldest.millis())));
            oldJumps = Math.max(0, oldJumps - 1);
        }
        return passed;
    }

    /** Whether this start has found that the clock has jumped: a checkpoint had better say so soon. */
    boolean hasNewJumps() {
        return jumps.size() > oldJumps;
    }

    // --- now ---

    void advance(long nanos) {
        if (!following) { // while following nobody asks
            nowMillis = millisAt(nanos);
        }
    }

    private long millisAt(long nanos) {
        return startMillis + (nanos - startNanos) / NANOS_PER_MILLI;
    }

    /** Whether the system's clock says something else than when that was last said. */
    boolean isOff(long nanos, long clockMillis) {
        return !following && Math.abs(clockMillis - millisAt(nanos) - saidMillis) > TOLERANCE_MILLIS;
    }

    /**
     * Says so when somebody has set the system's clock, which nobody goes by.
     *
     * @param nanos when the clock said it
     */
    void onClockRead(long nanos, long clockMillis) {
        if (isOff(nanos, clockMillis)) {
            long off = clockMillis - millisAt(nanos);
            logger.warn(
                    "the system clock was set by {}; until its next start the broker counts time from what the clock said"
                            + " at its start, which is {} away",
                    Duration.ofMillis(off - saidMillis),
                    Duration.ofMillis(off));
            saidMillis = off;
        }
    }

    long nowMillis() {
        return nowMillis;
    }

    /** When the newest message was published. */
    long newestMillis() {
        return newestMillis;
    }

    List<ClockJump> jumps() {
        return jumps;
    }

    // --- what was stored ---

    /** Moves the times that a message's record gives. */
    void moveStored(StoredMessage message) {
        move(message, 0);
    }

    /** Moves the times of a message that a checkpoint, or replay, has given back. */
    void moveRestored(StoredMessage message) {
        move(message, oldJumps);
    }

    private void move(StoredMessage message, int firstJump) {
        for (int i = firstJump; i < jumps.size(); i++) {
            if (message.sequence <= jumps.get(i).throughSequence()) {
                jumps.get(i).move(message);
            }
        }
    }

    /** By how much a checkpoint's times are to be moved. */
    long restoredMillis() {
        long sum = 0;
        for (int i = oldJumps; i < jumps.size(); i++) {
            sum += jumps.get(i).millis();
        }
        return sum;
    }
}
