package io.blipmq.broker.journal;

/**
 * Times stored with messages up to a number are to be moved, unless they are of the time behind the jump already, as a
 * dead letter may be that was made before anything else told of the jump.
 *
 * @param atMillis what the clock said when it had jumped
 */
public record ClockJump(long throughSequence, long millis, long atMillis) {
    /** Moves the times of a message that was stored before the jump. */
    public void move(StoredMessage message) {
        boolean expiryIsOlder = millis > 0
                ? message.expiresMillis < atMillis
                : message.publishedMillis > atMillis && message.expiresMillis >= message.publishedMillis;
        if (message.expiresMillis != 0 && expiryIsOlder) {
            message.expiresMillis = Math.max(1, message.expiresMillis + millis);
        }
        if (millis > 0 || message.publishedMillis > atMillis) {
            message.publishedMillis += millis;
        }
    }
}
