package io.blipmq.broker;

/** What became of a batch of messages: an out-parameter, used again for each. Owned by the core thread. */
public final class BatchResult {
    int taken;
    int nextOffset;
    Outcome outcome = Outcome.DONE;
    int subscriptions;
    boolean duplicates;

    /** How many messages from the start of what was offered were accepted. */
    public int taken() {
        return taken;
    }

    /** Where the first entry stands that was not accepted; the end of the entries when all were. */
    public int nextOffset() {
        return nextOffset;
    }

    /**
     * Why the entry at {@link #nextOffset} was not accepted: {@link Outcome#BUSY} (offer it and what follows again in a
     * later turn), {@link Outcome#DISK_FULL} or {@link Outcome#SHUTTING_DOWN}; {@link Outcome#DONE} when all were, or those
     * before it, which are duplicates while it is none, or the reverse: offer it and what follows again at once.
     */
    public Outcome outcome() {
        return outcome;
    }

    /** How many subscriptions the accepted messages reach. */
    public int subscriptions() {
        return subscriptions;
    }

    /** Whether the accepted messages had been stored before, under their publish ids, and are not stored again. */
    public boolean areDuplicates() {
        return duplicates;
    }

    void begin(int offset) {
        taken = 0;
        nextOffset = offset;
        outcome = Outcome.DONE;
        subscriptions = 0;
        duplicates = false;
    }
}
