package io.blipmq.client;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A message that a durable subscription holds, as {@link BlipAdmin#messages} shows it. Immutable, as long as nobody changes the
 * body's array.
 *
 * @param topic empty, unless the subscription is to a filter
 * @param attempts deliveries that it has had
 * @param state "waiting" when it was never delivered; else as in {@link DeliveryInfo}
 * @param deadLetter on a dead letter: why it is one
 */
public record WaitingMessage(
        long tag,
        Instant published,
        String topic,
        int attempts,
        String state,
        List<Header> headers,
        Optional<DeadLetter> deadLetter,
        byte[] body) {
    /** The body read as UTF-8. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Without the body: that belongs in no log. */
    @Override
    public String toString() {
        return "WaitingMessage[tag=" + tag + ", " + state + ", attempts=" + attempts + ", " + body.length + " bytes]";
    }
}
