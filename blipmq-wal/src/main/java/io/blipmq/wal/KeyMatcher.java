package io.blipmq.wal;

/**
 * Says which keys a search is for, see {@link KeyIndex#find(KeyMatcher, long, long, long[], long[], int[])}. Immutable: the
 * log keeps what it has learned of a matcher's keys, also for matchers that are equal to it.
 */
public interface KeyMatcher {
    /** What every key that matches begins with; empty when nothing is known. Not to be changed. */
    byte[] prefix();

    /** Never asked about a key that is {@linkplain RecordKey#hiddenAt hidden}. */
    boolean matches(byte[] key);
}
