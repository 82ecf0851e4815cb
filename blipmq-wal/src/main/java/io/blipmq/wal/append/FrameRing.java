package io.blipmq.wal.append;

/**
 * Frames between the core and the log thread, in order. The core thread fills, submits and drains; the log thread reads
 * submitted frames and publishes how many are stored. A slot is used again once it is drained.
 */
public final class FrameRing {
    private final Frame[] slots;
    private final int mask;

    /** Owned by the core thread. */
    private long filled;

    private long drained;

    /** Written by the core thread. */
    private volatile long submitted;

    private volatile long forceRequested;

    /** Written by the log thread. */
    private volatile long stored;

    private volatile long storedSequence;

    /** @param size a power of two */
    public FrameRing(int size, long storedSequence) {
        slots = new Frame[size];
        mask = size - 1;
        for (int index = 0; index < size; index++) {
            slots[index] = new Frame();
        }
        this.storedSequence = storedSequence;
        this.forceRequested = storedSequence;
    }

    // ---- core thread

    int free() {
        return slots.length - (int) (filled - drained);
    }

    /** The slot for the next frame; it counts once {@link #fill} is called. */
    Frame vacant() {
        if (free() == 0) {
            throw new IllegalStateException("appended without asking for room");
        }
        return at(filled);
    }

    void fill() {
        filled++;
    }

    boolean hasUnsubmitted() {
        return filled != submitted;
    }

    /**
     * Hands the filled frames over.
     *
     * @param forceThrough the last record that has to be forced before it is confirmed; the request is published before
     *     the frames, so the log thread never sees a frame without it
     */
    void submit(long forceThrough) {
        if (forceThrough > forceRequested) {
            forceRequested = forceThrough;
        }
        submitted = filled;
    }

    /** The oldest stored frame that is not drained, or null. */
    Frame nextStored() {
        return drained < stored ? at(drained) : null;
    }

    void drain() {
        Frame frame = at(drained);
        frame.chunk = null;
        drained++;
    }

    // ---- log thread

    long submitted() {
        return submitted;
    }

    long forceRequested() {
        return forceRequested;
    }

    Frame at(long index) {
        return slots[(int) index & mask];
    }

    void publishStored(long frames, long sequence) {
        storedSequence = sequence;
        stored = frames;
    }

    // ---- any thread

    long storedSequence() {
        return storedSequence;
    }
}
