package io.blipmq.wal.fuzz;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** What a fuzzer's input does to a file that was whole: cuts it, lengthens it, overwrites it, flips bits. Stateless. */
final class FileEdits {
    private static final int EDIT_BYTES = 4;
    private static final int EDITS_MAX = 16;

    private FileEdits() {}

    /** @param input four bytes an edit: what is done, where, and with what */
    static byte[] apply(byte[] original, ByteBuffer input) {
        byte[] content = original.clone();
        for (int edit = 0; edit < EDITS_MAX && input.remaining() >= EDIT_BYTES && content.length > 0; edit++) {
            int how = input.get();
            int at = Short.toUnsignedInt(input.getShort()) % content.length;
            byte value = input.get();
            switch (how & 3) {
                case 0 -> content = Arrays.copyOf(content, at);
                case 1 -> content = Arrays.copyOf(content, content.length + Byte.toUnsignedInt(value));
                case 2 -> Arrays.fill(content, at, Math.min(content.length, at + 8), value);
                default -> content[at] ^= value;
            }
        }
        return content;
    }
}
