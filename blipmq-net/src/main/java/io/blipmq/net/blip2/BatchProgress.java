package io.blipmq.net.blip2;

/** How far a PUBLISH_BATCH has come whose rest the journal had no room for. Owned by the broker thread. */
final class BatchProgress {
    private int taken;
    private int left;
    private int nextOffset;
    private boolean schedules;

    boolean isUnderWay() {
        return left > 0;
    }

    /**
     * @param entriesOffset counts from the payload's first byte, as the frame may move between turns
     * @param someScheduled whether messages say when they are to be delivered
     */
    void begin(int entriesOffset, int count, boolean someScheduled) {
        taken = 0;
        schedules = someScheduled;
        left = count;
        nextOffset = entriesOffset;
    }

    void onTaken(int count, int offset) {
        taken += count;
        left -= count;
        nextOffset = offset;
    }

    void end() {
        left = 0;
    }

    /** Messages that are accepted already. */
    int taken() {
        return taken;
    }

    /** Messages that are not. */
    int left() {
        return left;
    }

    boolean schedules() {
        return schedules;
    }

    /** Where the first of those begins. */
    int nextOffset() {
        return nextOffset;
    }
}
