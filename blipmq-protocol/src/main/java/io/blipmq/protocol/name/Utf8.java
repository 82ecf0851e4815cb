package io.blipmq.protocol.name;

import java.nio.ByteBuffer;

/**
 * Tells UTF-8 from other bytes, without decoding. Stateless. Strict as RFC 3629: no overlong forms, no surrogates,
 * nothing above U+10FFFF, no sequence cut short.
 */
public final class Utf8 {
    private static final long ASCII_MASK = 0x8080808080808080L;

    private Utf8() {}

    /** Reads at absolute offsets; the buffer's position and limit stay as they are. */
    public static boolean isValid(ByteBuffer buffer, int offset, int length) {
        int end = offset + length;
        int at = skipAscii(buffer, offset, end);
        while (at < end) {
            int sequenceBytes = sequenceBytes(buffer, at, end);
            if (sequenceBytes == 0) {
                return false;
            }
            at += sequenceBytes;
        }
        return true;
    }

    private static int skipAscii(ByteBuffer buffer, int offset, int end) {
        int at = offset;
        while (end - at >= Long.BYTES && (buffer.getLong(at) & ASCII_MASK) == 0) {
            at += Long.BYTES;
        }
        return at;
    }

    /** @return bytes of the well-formed sequence at an offset, 0 when there is none */
    private static int sequenceBytes(ByteBuffer buffer, int at, int end) {
        int lead = Byte.toUnsignedInt(buffer.get(at));
        if (lead < 0x80) {
            return 1;
        }
        if (lead < 0xc2) { // a continuation byte, or the lead of an overlong form
            return 0;
        }
        if (lead < 0xe0) {
            return continues(buffer, at + 1, end, 1) ? 2 : 0;
        }
        if (lead < 0xf0) {
            return secondOfThree(buffer, at, end, lead) && continues(buffer, at + 2, end, 1) ? 3 : 0;
        }
        return lead < 0xf5 && secondOfFour(buffer, at, end, lead) && continues(buffer, at + 2, end, 2) ? 4 : 0;
    }

    /** U+0800 is the first code point of three bytes (E0 A0); U+D800 to U+DFFF are surrogates (ED A0 and above). */
    private static boolean secondOfThree(ByteBuffer buffer, int at, int end, int lead) {
        return isWithin(buffer, at + 1, end, lead == 0xe0 ? 0xa0 : 0x80, lead == 0xed ? 0x9f : 0xbf);
    }

    /** U+10000 is the first code point of four bytes (F0 90), U+10FFFF the last (F4 8F). */
    private static boolean secondOfFour(ByteBuffer buffer, int at, int end, int lead) {
        return isWithin(buffer, at + 1, end, lead == 0xf0 ? 0x90 : 0x80, lead == 0xf4 ? 0x8f : 0xbf);
    }

    private static boolean continues(ByteBuffer buffer, int at, int end, int count) {
        for (int i = 0; i < count; i++) {
            if (!isWithin(buffer, at + i, end, 0x80, 0xbf)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isWithin(ByteBuffer buffer, int at, int end, int low, int high) {
        if (at >= end) {
            return false;
        }
        int value = Byte.toUnsignedInt(buffer.get(at));
        return value >= low && value <= high;
    }
}
