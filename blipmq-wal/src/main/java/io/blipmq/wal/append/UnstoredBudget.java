package io.blipmq.wal.append;

/**
 * How much may be appended that is not stored and drained yet. Owned by the core thread.
 *
 * <p>Shorter records do not starve a long one: once it has found no room, its room is kept free, and shorter ones get only
 * what is left beside it. Its owner asks again every turn. When it has not asked between two turns without unstored bytes,
 * its room is no longer kept.
 */
final class UnstoredBudget {
    private final long bytesMax;
    private long awaitedBytes;
    private boolean askedAgain;

    UnstoredBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Whether there is room for a record beside the unstored bytes. Without any, a record of any length has room. */
    boolean hasRoom(long unstoredBytes, int recordBytes) {
        if (recordBytes < awaitedBytes) {
            return unstoredBytes + recordBytes + awaitedBytes <= bytesMax;
        }
        boolean room = unstoredBytes == 0 || unstoredBytes + recordBytes <= bytesMax;
        awaitedBytes = room ? 0 : recordBytes;
        askedAgain = true;
        return room;
    }

    /** Called every turn. */
    void onTurn(long unstoredBytes) {
        if (unstoredBytes == 0) {
            awaitedBytes = askedAgain ? awaitedBytes : 0;
            askedAgain = false;
        }
    }
}
