package io.blipmq.broker.simulation;

import io.blipmq.protocol.entry.PropertyLayout;
import java.nio.ByteBuffer;

/** What a dead letter has to say about itself behind its own properties. Stateless. */
final class LetterText {
    private static final byte[] RETRIES_EXHAUSTED = Texts.bytes("retries exhausted");

    private LetterText() {}

    /** @param topic of the message, when its subscription is to a filter; else null */
    static String of(long subscription, ModelMessage message, boolean rejected, long nowMillis, String topic) {
        return message.ownProperties()
                + property(PropertyLayout.DEAD_LETTER_SUBSCRIPTION_KEY, number(Long.BYTES, subscription))
                + property(PropertyLayout.DEAD_LETTER_ATTEMPTS_KEY, number(Short.BYTES, message.attempts))
                + property(PropertyLayout.DEAD_LETTER_REASON_KEY, rejected ? PushedClient.REASON : RETRIES_EXHAUSTED)
                + property(PropertyLayout.DEAD_LETTER_MILLIS_KEY, number(Long.BYTES, nowMillis))
                + (topic == null ? "" : topic(topic));
    }

    /** The property that names a message's topic. */
    static String topic(String topic) {
        return property(PropertyLayout.TOPIC_KEY, Texts.bytes(topic));
    }

    private static byte[] number(int bytes, long value) {
        ByteBuffer eight = ByteBuffer.allocate(Long.BYTES).putLong(0, value);
        byte[] number = new byte[bytes];
        eight.get(Long.BYTES - bytes, number);
        return number;
    }

    private static String property(int key, byte[] value) {
        return String.format("%02x%04x", key, value.length) + Texts.hex(ByteBuffer.wrap(value), 0, value.length);
    }
}
