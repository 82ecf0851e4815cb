package io.blipmq.net.blip2;

/** How far a PUBLISH_BATCH has come whose rest the journal had no room for. Owned by the broker thread. */
final class BatchProgress {
    private int taken;
    private int left;
    private int nextOffset;

    boolean isUnderWay() {
        return left > 0;
    }

    /** @param entriesOffset counts from the payload's first byte, as the frame may move between turns */
    void begin(int entriesOffset, int count) {
        taken = 0;
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

    /** Where the first of those begins. */
    int nextOffset() {
        return nextOffset;
    }
}
