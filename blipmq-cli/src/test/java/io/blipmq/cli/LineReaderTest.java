package io.blipmq.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineReaderTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 65_535, 65_536, 1 << 20})
    void splitsLinesOfAnyLengthFromReadsOfAnySize(int readBytes) throws IOException {
        List<String> lines = List.of("", "a", "b".repeat(65_535), "c".repeat(65_536), "", "d".repeat(200_000), "end");

        LineReader reader = new LineReader(inReadsOf(readBytes, String.join("\n", lines)), 200_000);

        assertThat(readAll(reader)).isEqualTo(lines);
    }

    @Test
    void aLineFeedAtTheEndBeginsNoLine() throws IOException {
        assertThat(readAll(new LineReader(inReadsOf(10, "a\n\n"), 10))).containsExactly("a", "");
    }

    @Test
    void refusesALongLineBeforeItIsReadAsAWhole() throws IOException {
        ByteArrayInputStream endless = new ByteArrayInputStream(new byte[1 << 20]);
        LineReader reader = new LineReader(endless, 1000);

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(reader::next)
                .withMessage("line 1 exceeds the maximum size of a message, which is 1000 bytes");
        assertThat(endless.available()).isPositive();
    }

    private static List<String> readAll(LineReader reader) throws IOException {
        List<String> lines = new ArrayList<>();
        for (byte[] line = reader.next(); line != null; line = reader.next()) {
            lines.add(new String(line, UTF_8));
        }
        return lines;
    }

    private static InputStream inReadsOf(int readBytes, String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8)) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, readBytes));
            }
        };
    }
}
