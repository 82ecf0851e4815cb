package io.blipmq.broker;

import java.util.Collection;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Which dead letter is which message, as one durable subscription has to know it: an acknowledgement that comes when the
 * message is a letter already settles the letter. Owned by the core thread.
 */
final class LetterLinks {
    /** On a dead-letter subscription: where each letter came from, by the letter's tag. */
    private final Long2ObjectHashMap<Letter> byTag = new Long2ObjectHashMap<>();
    /** On any other: letters made of its messages, by the message's tag. */
    private final Long2ObjectHashMap<Letter> byOrigin = new Long2ObjectHashMap<>();

    /** The number of the newest dead letter that is journalled for its messages, 0 before any. */
    private long lastSequence;

    /** A message in a dead-letter subscription and the subscription it failed in. */
    record Letter(DurableSubscription deadLetters, long tag, long originId, long originTag, int payloadLength) {}

    /** @param origin null when it is gone */
    static void link(Letter letter, DurableSubscription origin) {
        letter.deadLetters.letters().byTag.put(letter.tag, letter);
        if (origin != null) {
            origin.letters().byOrigin.put(letter.originTag, letter);
        }
    }

    /** The letters that wait here. */
    Collection<Letter> all() {
        return byTag.values();
    }

    /** The letter that a message has become, or null. */
    Letter madeOf(long originTag) {
        return byOrigin.get(originTag);
    }

    /** Forgets the letter that a message has become. @return the letter, or null */
    Letter removeMadeOf(long originTag) {
        return byOrigin.remove(originTag);
    }

    /** Forgets where a letter came from. @return the letter, or null */
    Letter remove(long tag) {
        return byTag.remove(tag);
    }

    void onMoving(long letterSequence) {
        lastSequence = letterSequence;
    }

    long lastSequence() {
        return lastSequence;
    }
}
