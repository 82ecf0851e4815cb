package io.blipmq.broker.simulation;

import io.blipmq.protocol.entry.PropertyLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Bytes as text, one character a byte, so that texts are equal when the bytes are. Stateless. */
final class Texts {
    private Texts() {}

    static String of(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static String of(ByteBuffer buffer, int offset, int length) {
        byte[] bytes = new byte[length];
        buffer.get(offset, bytes);
        return of(bytes);
    }

    static String hex(ByteBuffer buffer, int offset, int length) {
        byte[] bytes = new byte[length];
        buffer.get(offset, bytes);
        return HexFormat.of().formatHex(bytes);
    }

    static byte[] fromHex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /** The time to live among properties in hex, behind their length; 0: there is none. */
    static long ttlMillis(String properties) {
        byte[] bytes = HexFormat.of().parseHex(properties);
        int at = bytes.length == 0
                ? -1
                : PropertyLayout.find(ByteBuffer.wrap(bytes), Short.BYTES, bytes.length, PropertyLayout.TTL_KEY);
        return at < 0 ? 0 : ByteBuffer.wrap(bytes).getLong(PropertyLayout.valueOffset(at));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Long texts would drown a message. */
    static String brief(String text) {
        return text.length() <= 20 ? text : text.substring(0, 20) + "… (" + text.length() + " bytes)";
    }
}
