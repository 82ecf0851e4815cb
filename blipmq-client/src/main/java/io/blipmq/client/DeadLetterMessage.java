package io.blipmq.client;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** A dead letter in {@link BlipAdmin#deadLetters}. Immutable, as long as nobody changes the body's array. */
public record DeadLetterMessage(long tag, Instant published, DeadLetter why, List<Header> headers, byte[] body) {
    /** The body read as UTF-8. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Without the body: that belongs in no log. */
    @Override
    public String toString() {
        return "DeadLetterMessage[tag=" + tag + ", " + why + ", " + body.length + " bytes]";
    }
}
