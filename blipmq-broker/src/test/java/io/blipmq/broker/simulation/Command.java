package io.blipmq.broker.simulation;

import io.blipmq.broker.OwnerId;

/**
 * A journalled command as the simulation compares it. Immutable. What a kind does not have is 0 or null.
 *
 * @param sequence the command's number; 0 for those that are handed back without it
 * @param length of the payload of a settled message
 * @param code the reason, or the attempts of a dead letter
 */
record Command(
        Kind kind,
        long sequence,
        long subscription,
        long tag,
        String topic,
        OwnerId owner,
        String payload,
        long millis,
        long expiresMillis,
        int length,
        int code) {

    enum Kind {
        PUBLISH,
        SUBSCRIBE,
        SETTLE,
        DEAD_LETTER,
        REMOVE
    }

    static Command publish(long sequence, String topic, String payload, long publishedMillis, long expiresMillis) {
        return new Command(Kind.PUBLISH, sequence, 0, 0, topic, null, payload, publishedMillis, expiresMillis, 0, 0);
    }

    static Command subscribe(long sequence, OwnerId owner, String topic) {
        return new Command(Kind.SUBSCRIBE, sequence, 0, 0, topic, owner, null, 0, 0, 0, 0);
    }

    static Command settle(long subscription, long tag, int length, int reason) {
        return new Command(Kind.SETTLE, 0, subscription, tag, null, null, null, 0, 0, length, reason);
    }

    static Command deadLetter(long sequence, long subscription, long tag, int attempts, long expiresMillis) {
        return new Command(
                Kind.DEAD_LETTER, sequence, subscription, tag, null, null, null, 0, expiresMillis, 0, attempts);
    }

    /** Whether this is the other as it is handed back: a dead letter without its expiry, which stands in its record. */
    boolean isHandedBackAs(Command other) {
        return equals(other)
                || kind == Kind.DEAD_LETTER
                        && deadLetter(sequence, subscription, tag, code, 0).equals(other);
    }

    static Command remove(long subscription, int reason) {
        return new Command(Kind.REMOVE, 0, subscription, 0, null, null, null, 0, 0, 0, reason);
    }

    /** Whether the daemon forces for it; a settlement rides along. */
    boolean wantsForce() {
        return kind != Kind.SETTLE;
    }
}
