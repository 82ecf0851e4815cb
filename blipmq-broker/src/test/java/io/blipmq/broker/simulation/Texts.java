package io.blipmq.broker.simulation;

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

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Long texts would drown a message. */
    static String brief(String text) {
        return text.length() <= 20 ? text : text.substring(0, 20) + "… (" + text.length() + " bytes)";
    }
}
