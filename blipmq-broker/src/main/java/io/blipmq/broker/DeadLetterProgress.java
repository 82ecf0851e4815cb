package io.blipmq.broker;

import io.blipmq.broker.journal.StoredMessage;

/**
 * How far a request about dead letters has come that takes more than one turn, and its answer then. Owned by the core thread;
 * each client has its own.
 */
public final class DeadLetterProgress {
    /** What became of one letter. */
    enum Done {
        /** The request's action is journalled. */
        ACTED,
        /** It stays: the request is not about it. */
        PASSED,
        /** It stays: its subscription is gone. */
        GONE,
        /** It stays: its subscription has as many unsettled deliveries as it may. */
        FULL,
        /** It stays: the journal has no room now. */
        JOURNAL_BUSY,
        /** It stays: the log's disk is full. */
        DISK_FULL
    }

    private boolean underWay;
    /** Tag of the newest letter that the request is about. */
    private long through;
    /** Tag of the letter that was looked at last; where the request begins, before any. */
    private long after;
    /** Letters that were looked at. */
    private int seen;
    /** Letters that something was done with. */
    private long done;
    /** Letters that stay because their subscription is gone. */
    private long gone;
    /** Letters that stay for want of room. */
    private long full;

    private LettersResult answer;

    /**
     * A turn begins.
     *
     * @param newest no letter that is there now has a larger tag
     */
    void goOn(LetterSelection which, long newest) {
        if (!underWay) {
            clear();
            underWay = true;
            through = which.through() == 0 ? newest : which.through();
            after = Math.max(which.tag() - 1, which.after());
        }
    }

    /** Whether the request is about this letter, or a newer one. */
    boolean isWithin(StoredMessage letter) {
        return letter != null && Long.compareUnsigned(letter.sequence, through) <= 0;
    }

    long after() {
        return after;
    }

    int seen() {
        return seen;
    }

    long done() {
        return done;
    }

    /**
     * A letter was looked at.
     *
     * @param what {@link DeadLetterService} has done with it
     */
    void on(StoredMessage letter, Done what) {
        seen++;
        after = letter.sequence;
        switch (what) {
            case ACTED -> done++;
            case GONE -> gone++;
            case FULL -> full++;
            case PASSED, JOURNAL_BUSY, DISK_FULL -> {
                // the request is not about it, or not through with it
            }
        }
    }

    /** There is no room for the next letter, nor for any behind it. */
    Outcome endOfRoom(Outcome refusal) {
        full++;
        return stop(refusal);
    }

    /** The request cannot go on: what was done of it is its answer, or else why. */
    Outcome stop(Outcome refusal) {
        if (underWay && done > 0) {
            return end(true);
        }
        underWay = false;
        return refusal;
    }

    /**
     * The request has its answer.
     *
     * @param more whether there are letters behind the last one that was looked at
     */
    Outcome end(boolean more) {
        answer = new LettersResult(done, more ? after : 0, through, gone, full);
        underWay = false;
        return Outcome.DONE;
    }

    /** Of the request that ended last, if it was not refused. */
    public LettersResult answer() {
        return answer;
    }

    private void clear() {
        seen = 0;
        done = 0;
        gone = 0;
        full = 0;
        answer = null;
    }
}
