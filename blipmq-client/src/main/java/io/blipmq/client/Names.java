package io.blipmq.client;

import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.name.Topics;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Encodes names and checks their lengths, before anything is sent. Stateless. */
final class Names {
    static final int CLIENT_BYTES_MAX = 256;
    static final int SUBSCRIPTION_BYTES_MAX = 256;
    static final int REASON_BYTES_MAX = 1024;
    private static final int DEAD_LETTER_TOPIC_BYTES_MAX = Topics.DEAD_LETTER_PREFIX.length() + Topics.NAME_BYTES_MAX;

    private Names() {}

    static byte[] topic(String topic) {
        int max = topic.startsWith(Topics.DEAD_LETTER_PREFIX) ? DEAD_LETTER_TOPIC_BYTES_MAX : Topics.NAME_BYTES_MAX;
        byte[] bytes = text(topic, "a topic", max);
        if (bytes.length == 0) {
            throw new IllegalArgumentException("a topic must be 1 to " + max + " bytes of UTF-8, not 0");
        }
        return bytes;
    }

    static byte[] key(String key) {
        return text(key, "a key", PayloadLayout.TEXT_BYTES_MAX);
    }

    /** The exception's message never repeats the text: it may be a key. */
    static byte[] text(String text, String what, int bytesMax) {
        ByteBuffer encoded;
        try {
            encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(what + " must be text that UTF-8 can encode", e);
        }
        if (encoded.remaining() > bytesMax) {
            throw new IllegalArgumentException(
                    what + " must be at most " + bytesMax + " bytes of UTF-8, not " + encoded.remaining());
        }
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return bytes;
    }
}
