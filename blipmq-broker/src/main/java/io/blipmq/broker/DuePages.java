package io.blipmq.broker;

import java.util.Arrays;

/**
 * What is known of the pages of a bucket that has been gone through before, so that those without anything new are passed
 * unread: 32 bytes for each page of positions. Owned by the core thread. They follow on one another without a gap, and what
 * the journal finds up to a number never grows.
 */
final class DuePages {
    private static final int WORDS = 4;
    private static final int CAPACITY_MIN = 16;

    /** Of each page the first number, the last one, the earliest due time and the latest one. */
    private long[] words = new long[WORDS * CAPACITY_MIN];

    private int count;

    int count() {
        return count;
    }

    void add(long firstSequence, long lastSequence, long earliestMillis, long latestMillis) {
        if (count * WORDS == words.length) {
            words = Arrays.copyOf(words, 2 * words.length);
        }
        int at = WORDS * count++;
        words[at] = firstSequence;
        words[at + 1] = lastSequence;
        words[at + 2] = earliestMillis;
        words[at + 3] = latestMillis;
    }

    long firstSequence(int page) {
        return words[WORDS * page];
    }

    long lastSequence(int page) {
        return words[WORDS * page + 1];
    }

    long earliestMillis(int page) {
        return words[WORDS * page + 2];
    }

    long latestMillis(int page) {
        return words[WORDS * page + 3];
    }
}
