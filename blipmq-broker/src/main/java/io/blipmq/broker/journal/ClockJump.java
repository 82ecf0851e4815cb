package io.blipmq.broker.journal;

/** Times stored with messages up to a number are to be moved; those of later ones go by the clock as it is since the jump. */
public record ClockJump(long throughSequence, long millis) {
    /** Moves the times of a message that was stored before the jump. */
    public void move(StoredMessage message) {
        if (message.expiresMillis != 0) {
            message.expiresMillis = Math.max(1, message.expiresMillis + millis);
        }
        message.publishedMillis = Math.max(0, message.publishedMillis + millis);
    }
}
