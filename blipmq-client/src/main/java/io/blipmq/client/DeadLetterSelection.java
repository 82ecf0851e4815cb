package io.blipmq.client;

/**
 * Which dead letters of a subscription are meant, oldest first: all of them unless it says otherwise. Immutable.
 *
 * <p>What comes while they are worked on is left alone, even by several calls of which each goes on where the one before ended.
 *
 * @param count so many at most
 * @param tag only the one with this tag; 0: any
 * @param after only those with larger tags; 0: any
 * @param through only those with tags up to this; 0: any that are there
 * @param failedIn only those that failed in the subscription with this id; 0: any
 */
public record DeadLetterSelection(long count, long tag, long after, long through, long failedIn) {
    private static final DeadLetterSelection ALL = new DeadLetterSelection(Long.MAX_VALUE, 0, 0, 0, 0);

    public static DeadLetterSelection all() {
        return ALL;
    }

    public static DeadLetterSelection oldest(long count) {
        return ALL.atMost(count);
    }

    public static DeadLetterSelection one(long tag) {
        return new DeadLetterSelection(1, tag, 0, 0, 0);
    }

    public DeadLetterSelection atMost(long letters) {
        return new DeadLetterSelection(letters, tag, after, through, failedIn);
    }

    public DeadLetterSelection failedIn(long subscription) {
        return new DeadLetterSelection(count, tag, after, through, subscription);
    }

    /** What is left after a part of it. */
    public DeadLetterSelection behind(DeadLetterOutcome part) {
        return new DeadLetterSelection(count - part.count(), tag, part.next(), part.through(), failedIn);
    }
}
