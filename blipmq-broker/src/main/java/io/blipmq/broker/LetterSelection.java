package io.blipmq.broker;

/**
 * Which letters of a dead-letter subscription a request is about, and where they go. Immutable.
 *
 * @param tag only the letter with this tag; 0: any
 * @param after only letters with larger tags; 0: all
 * @param through only letters with tags up to this one; 0: all
 * @param originId only letters that failed in this subscription; 0: any
 * @param targetId redrive: the subscription that they go to; 0: the one that each failed in
 */
public record LetterSelection(long tag, long after, long through, long originId, long targetId) {
    /** Every letter, to the subscription that it failed in. */
    public static final LetterSelection ALL = new LetterSelection(0, 0, 0, 0, 0);

    public static LetterSelection ofTag(long tag) {
        return new LetterSelection(tag, 0, 0, 0, 0);
    }
}
