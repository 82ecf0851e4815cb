package io.blipmq.wal.append;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Segments whose room is claimed ahead. Thread-safe: the preparer adds, the core thread decides to use one, and later the
 * log thread opens it. Bounded, because the preparer stops at {@link #AHEAD}.
 */
public final class PreparedSegments {
    /** How many segments are kept ready; one, so that an idle log stays small. */
    static final int AHEAD = 1;

    private final Queue<String> names = new ConcurrentLinkedQueue<>();
    private final Waker backgroundWaker;
    private volatile int added;
    private volatile int taken;

    // Two reasons for which no segment is prepared; each ends with its own.
    private volatile boolean segmentWithoutRoom;
    private volatile boolean indexWithoutRoom;

    public PreparedSegments(Waker backgroundWaker) {
        this.backgroundWaker = backgroundWaker;
    }

    // ---- preparer

    public void add(String name) {
        names.add(name);
        added = added + 1;
        segmentWithoutRoom = false;
    }

    public boolean isWanted() {
        return available() < AHEAD;
    }

    public void segmentWithoutRoom() {
        segmentWithoutRoom = true;
    }

    /** Whether the index of a closed segment waits for room, which is needed before another segment is. */
    public void indexWithoutRoom(boolean waits) {
        indexWithoutRoom = waits;
    }

    // ---- core thread

    int available() {
        return added - taken;
    }

    boolean isFull() {
        return segmentWithoutRoom || indexWithoutRoom;
    }

    void take() {
        assert available() > 0;
        taken = taken + 1;
        backgroundWaker.wake();
    }

    // ---- log thread

    /** The file of the oldest segment taken and not yet opened. */
    String open() {
        return names.remove();
    }
}
