package io.blipmq.net;

/**
 * How many bytes may be held for one purpose by all connections together. Owned by the broker thread.
 *
 * <p>The headroom is kept back from whoever can be told to wait, for those who cannot: bytes that were already read
 * from a socket have to be put somewhere.
 */
final class ByteBudget {
    /** Who may go beyond the limit may do so by this share of it, all together. */
    static final int BEYOND_SHARE = 2;
    /** It is short when less than this share of it is left. */
    private static final int SHORT_SHARE = 4;

    private final long limitBytes;
    private final long headroomBytes;
    private long usedBytes;
    /** How many have reserved their bytes and not given them back. */
    private int reservations;

    private boolean refused;

    ByteBudget(long limitBytes, long headroomBytes) {
        if (headroomBytes >= limitBytes) {
            throw new IllegalArgumentException(
                    "a budget of " + limitBytes + " bytes leaves nothing beside its headroom of " + headroomBytes);
        }
        this.limitBytes = limitBytes;
        this.headroomBytes = headroomBytes;
    }

    /**
     * Takes bytes unless they would touch the headroom, until {@link #releaseReserved}. One may always do so when no other
     * has: what those hold who wait for their turn must not keep it from all of them.
     */
    boolean tryReserve(long bytes) {
        if (reservations > 0 && usedBytes + bytes + headroomBytes > limitBytes) {
            refused = true;
            return false;
        }
        usedBytes += bytes;
        reservations++;
        return true;
    }

    /** Whether bytes were asked for in vain since this was asked last. */
    boolean takeRefused() {
        boolean taken = refused;
        refused = false;
        return taken;
    }

    /** Gives back what {@link #tryReserve} has taken. */
    void releaseReserved(long bytes) {
        reservations--;
        release(bytes);
    }

    /** Takes bytes that cannot be refused any more; those who can wait do so until they are given back. */
    void reserve(long bytes) {
        usedBytes += bytes;
    }

    void release(long bytes) {
        usedBytes -= bytes;
        assert usedBytes >= 0 : "more bytes given back than taken";
    }

    /** Whether nothing beyond the headroom is taken. */
    boolean hasRoom() {
        return usedBytes + headroomBytes <= limitBytes;
    }

    /** Whether there is room even for those who have taken nothing yet, and should not wait for those who have. */
    boolean hasRoomBeyond() {
        return usedBytes <= limitBytes + limitBytes / BEYOND_SHARE;
    }

    /** Whether those who hold bytes that they do not use should give them back. */
    boolean isShort() {
        return usedBytes > limitBytes - limitBytes / SHORT_SHARE;
    }

    long usedBytes() {
        return usedBytes;
    }
}
