package io.blipmq.broker;

/** How far a request about dead letters has come that takes more than one turn. Owned by the core thread; each client has its own. */
public final class DeadLetterProgress {
    /** Tag of the letter that was looked at last; 0 before any. */
    long after;
    /** Letters that were looked at. */
    int seen;
    /** Letters that something was done with. */
    long done;

    /** The request cannot go on: what was done of it is its answer, or else why. */
    long end(long refusal) {
        long answer = done == 0 ? refusal : done;
        clear();
        return answer;
    }

    /** The request is answered; the next one begins anew. */
    void clear() {
        after = 0;
        seen = 0;
        done = 0;
    }
}
