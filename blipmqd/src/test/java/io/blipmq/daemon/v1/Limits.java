package io.blipmq.daemon.v1;

import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.name.Topics;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Stateless. Turns away, before anything is sent, what no frame can carry or no server accepts. */
final class Limits {
    /** The server takes frames up to 64 KiB before it has seen a valid key. */
    static final int AUTH_FRAME_BYTES_MAX = 64 * 1024;

    private Limits() {}

    static byte[] encodeKey(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        if (PayloadLayout.authFrameBytes(bytes.length) > AUTH_FRAME_BYTES_MAX) {
            throw new IllegalArgumentException("the key is longer than a handshake may be");
        }
        return bytes;
    }

    static byte[] encodeTopic(String topic) {
        byte[] bytes;
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(topic));
            bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the topic cannot be written as UTF-8", e);
        }
        if (bytes.length < 1 || bytes.length > Topics.NAME_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a topic is 1 to " + Topics.NAME_BYTES_MAX + " bytes of UTF-8, not " + bytes.length);
        }
        return bytes;
    }

    static int payloadBytesMax(byte[] topic) {
        return FrameLayout.FRAME_BYTES_MAX - PayloadLayout.publishFrameBytes(topic.length, 0);
    }

    static void requirePayloadBytes(byte[] topic, int payloadBytes) {
        if (payloadBytes > payloadBytesMax(topic)) {
            throw new IllegalArgumentException(
                    "a message on this topic is at most " + payloadBytesMax(topic) + " bytes, not " + payloadBytes);
        }
    }

    static void requireQos(int qos) {
        if (qos != 0 && qos != 1) {
            throw new IllegalArgumentException("QoS is 0 or 1, not " + qos);
        }
    }

    static void requireSubscriptionId(long subscriptionId) {
        if (subscriptionId == 0) {
            throw new IllegalArgumentException("a subscription id is never 0");
        }
    }
}
