package io.blipmq.wal.append;

/**
 * How much may be appended and not yet be stored and drained. Owned by the core thread.
 *
 * <p>A record that found no room is waited for: smaller ones get no more than what leaves it its room, or they would take
 * every byte that falls free. Its owner asks again every turn; when it has not done so from one moment without unstored
 * bytes to the next, it is gone.
 */
final class UnstoredBudget {
    private final long bytesMax;
    private long awaitedBytes;
    private boolean askedAgain;

    UnstoredBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Whether there is room for a record beside so many unstored bytes. A record of any length is taken alone. */
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
