package io.blipmq.cli;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Makes text fit to be shown. Stateless. */
final class Printable {
    /** Of one character. */
    private static final int UTF_8_BYTES_MAX = 4;

    private Printable() {}

    /** Names are their makers' choice: what would move the cursor or break the line is shown as a question mark. */
    static String of(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return shown.toString();
    }

    /** The beginning of a text in UTF-8, in one line. */
    static String beginning(byte[] text, int charactersMax) {
        int bytes = Math.min(text.length, UTF_8_BYTES_MAX * (charactersMax + 1));
        String line = of(new String(text, 0, bytes, StandardCharsets.UTF_8));
        return line.length() <= charactersMax ? line : line.substring(0, charactersMax - 1) + "…";
    }

    /** A duration in the largest unit that leaves more than one of it. */
    static String duration(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 10_000) {
            return millis + " ms";
        }
        if (millis < 600_000) {
            return millis / 1000 + " s";
        }
        return millis < 36_000_000 ? millis / 60_000 + " min" : millis / 3_600_000 + " h";
    }

    static String micros(long nanos) {
        return nanos / 1000 + " µs";
    }
}
