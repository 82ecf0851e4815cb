package io.blipmq.protocol.v2;

import io.blipmq.protocol.name.Utf8;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads what payloads are made of. Stateless. */
final class Wire {
    private Wire() {}

    static int u8(ByteBuffer buffer, int offset) {
        return Byte.toUnsignedInt(buffer.get(offset));
    }

    static int u16(ByteBuffer buffer, int offset) {
        return Short.toUnsignedInt(buffer.getShort(offset));
    }

    static long u32(ByteBuffer buffer, int offset) {
        return Integer.toUnsignedLong(buffer.getInt(offset));
    }

    /** Where the text whose u16 length stands at an offset ends, or -1 when it does not end before a limit. */
    static int textEnd(ByteBuffer buffer, int lengthOffset, int end) {
        if (end - lengthOffset < Short.BYTES) {
            return -1;
        }
        int textEnd = lengthOffset + Short.BYTES + u16(buffer, lengthOffset);
        return textEnd <= end ? textEnd : -1;
    }

    /** Like {@link #textEnd}, and -1 also for a text that is not UTF-8. */
    static int validTextEnd(ByteBuffer buffer, int lengthOffset, int end) {
        int textEnd = textEnd(buffer, lengthOffset, end);
        int textOffset = lengthOffset + Short.BYTES;
        return textEnd >= 0 && Utf8.isValid(buffer, textOffset, textEnd - textOffset) ? textEnd : -1;
    }

    /** The text whose u16 length stands at an offset. */
    static String text(ByteBuffer buffer, int lengthOffset) {
        byte[] bytes = new byte[u16(buffer, lengthOffset)];
        buffer.get(lengthOffset + Short.BYTES, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Bytes of a text with its u16 length. */
    static int textBytes(byte[] text) {
        return Short.BYTES + text.length;
    }
}
