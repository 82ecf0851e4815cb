package io.blipmq.protocol.name;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
    private static final int[] EDGES = {
        0x00, 0x24, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
        0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff
    };

    @Test
    void everyCodePointIsValidAndNoSurrogateIs() {
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                byte[] bytes = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
                assertThat(isValid(bytes)).as("U+%X", codePoint).isTrue();
            }
        }
    }

    /** All sequences of up to four bytes at which the rules change, against the JDK's decoder. */
    @Test
    void agreesWithTheJdkOnAllEdges() {
        byte[] bytes = new byte[4];
        for (int length = 0; length <= bytes.length; length++) {
            compareFrom(bytes, 0, length);
        }
    }

    @Test
    void agreesWithTheJdkOnRandomMixes() {
        long seed = Long.getLong("blipmq.seed", System.nanoTime());
        System.out.println("blipmq.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 100_000; round++) {
            byte[] bytes = new byte[random.nextInt(40)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (random.nextInt(8) == 0 ? EDGES[random.nextInt(EDGES.length)] : 'a');
            }
            assertThat(isValid(bytes)).isEqualTo(jdkAccepts(bytes));
        }
    }

    @Test
    void readsOnlyWhatItWasAskedFor() {
        byte[] bytes = {(byte) 0xff, 'a', 'b', (byte) 0xc3, (byte) 0xa9, (byte) 0xff};
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        assertThat(Utf8.isValid(buffer, 1, 4)).isTrue();
        assertThat(Utf8.isValid(buffer, 1, 3)).isFalse();
        assertThat(Utf8.isValid(buffer, 0, 4)).isFalse();
        assertThat(buffer.position()).isZero();
    }

    private static void compareFrom(byte[] bytes, int at, int length) {
        if (at == length) {
            byte[] sequence = Arrays.copyOf(bytes, length);
            if (isValid(sequence) != jdkAccepts(sequence)) {
                assertThat(isValid(sequence))
                        .as(HexFormat.of().formatHex(sequence))
                        .isEqualTo(jdkAccepts(sequence));
            }
            return;
        }
        for (int edge : EDGES) {
            bytes[at] = (byte) edge;
            compareFrom(bytes, at + 1, length);
        }
    }

    private static boolean isValid(byte[] bytes) {
        return Utf8.isValid(ByteBuffer.wrap(bytes), 0, bytes.length);
    }

    private static boolean jdkAccepts(byte[] bytes) {
        try {
            CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return decoded != null;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
