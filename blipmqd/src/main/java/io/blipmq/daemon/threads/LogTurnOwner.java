package io.blipmq.daemon.threads;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Who runs the log's turn: nobody, the log thread, or the core's thread. Thread-safe: one atomic word, which also hands on
 * what its last holder wrote.
 *
 * <p>The core's thread numbers its turns of the log. So who looks twice can tell one that lasts from the next one, and can
 * end it: {@link #replace} makes the core's thread, which is busy with the log, the log thread, and its caller the core's.
 *
 * <pre>
 * from            to             by               when
 * FREE, n         LOG, n         the log thread   it has been woken for frames, or a force is due
 * LOG, n          FREE, n        the log thread   its turn has ended
 * FREE, n         CORE, n + 1    the core's       the load is light, and the core's turn handed frames over
 * CORE, n         FREE, n        the core's       the turn has ended in time
 * CORE, n         LOG, n         the log thread   the turn lasts; the two change places
 * </pre>
 *
 * <p>The core's thread is never alone with the log: a log thread that rests says so before it looks a last time, and the
 * core's takes the log before it looks whether anybody rests. So one of them sees the other.
 */
final class LogTurnOwner {
    private static final long HOLDER_MASK = 3;
    private static final long FREE = 0;
    private static final long LOG = 1;
    private static final long CORE = 2;
    /** What the number of a turn begins at, above the holder. */
    private static final long ONE = HOLDER_MASK + 1;

    private final AtomicLong word = new AtomicLong(FREE);

    /** The log thread, while it waits for so long that it would miss what the core's thread does. */
    private volatile Thread resting;

    /** What to compare with an earlier look. Any thread. */
    long look() {
        return word.get();
    }

    /** Whether the core's thread had the log at that look. */
    static boolean isCores(long look) {
        return (look & HOLDER_MASK) == CORE;
    }

    /** The log thread takes the log, unless the core's has it. */
    boolean take() {
        long seen = word.get();
        return (seen & HOLDER_MASK) == FREE && word.compareAndSet(seen, seen | LOG);
    }

    /** The log thread's turn has ended. */
    void release() {
        long held = word.get();
        assert (held & HOLDER_MASK) == LOG : held;
        word.set(held ^ LOG);
    }

    /**
     * The log thread is about to wait for long. It calls {@link #endRest} afterwards.
     *
     * @param look its last one
     * @return false when something has changed since
     */
    boolean beginRest(long look) {
        resting = Thread.currentThread();
        return word.get() == look;
    }

    void endRest() {
        resting = null;
    }

    /** The core's thread takes the log, unless the log thread has it; wakes that if it rests, to be watched by it. */
    boolean takeForCore() {
        long seen = word.get();
        if ((seen & HOLDER_MASK) != FREE || !word.compareAndSet(seen, (seen | CORE) + ONE)) {
            return false;
        }
        Thread watcher = resting;
        if (watcher != null) {
            LockSupport.unpark(watcher);
        }
        return true;
    }

    /**
     * The turn of the log that the core's thread ran has ended.
     *
     * @return false when it has been replaced meanwhile: it is the log thread now, and has the log
     */
    boolean releaseFromCore() {
        long held = word.get();
        return isCores(held) && word.compareAndSet(held, held ^ CORE);
    }

    /**
     * The log thread takes the core over, and leaves the log to the thread that is busy with it.
     *
     * @param look at which the core's thread had the log
     * @return false when that turn has ended
     */
    boolean replace(long look) {
        return word.compareAndSet(look, (look ^ CORE) | LOG);
    }
}
