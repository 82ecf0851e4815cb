package io.blipmq.cli;

import io.blipmq.client.Delivery;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.TypeConversionException;

/**
 * Owned by the main thread. Lets whoever reads the output decide about each delivery, by a line of input:
 *
 * <pre>
 * ack               done; an empty line says the same
 * nack [SECONDS]    deliver it again, at once or later
 * reject [REASON]   move it to the dead letters
 * </pre>
 *
 * <p>However long that takes, the delivery does not time out meanwhile.
 */
final class ManualSettling implements AutoCloseable {
    private static final int LINE_BYTES_MAX = 2048;

    private final LineReader lines;
    private final VerdictWait waiting;

    ManualSettling(InputStream input, Duration ackTimeout) {
        lines = new LineReader(input, LINE_BYTES_MAX);
        waiting = new VerdictWait(ackTimeout);
    }

    /** Waits for the decision about a delivery. @return false when the input has ended, so that none comes */
    boolean settle(Delivery delivery) throws IOException {
        byte[] line = lineAbout(delivery);
        if (line == null) {
            return false;
        }
        String text = new String(line, StandardCharsets.UTF_8).strip();
        int space = text.indexOf(' ');
        String verb = space < 0 ? text : text.substring(0, space);
        String rest = space < 0 ? "" : text.substring(space + 1).strip();
        switch (verb.toLowerCase(Locale.ROOT)) {
            case "", "ack" -> delivery.ack();
            case "nack" -> delivery.nack(delay(rest));
            case "reject" -> delivery.reject(rest.isEmpty() ? "rejected by blipmq sub" : rest);
            default ->
                throw new InputException(
                        "'" + verb + "' is not a decision: give ack, nack [SECONDS] or reject [REASON]");
        }
        return true;
    }

    private byte[] lineAbout(Delivery delivery) throws IOException {
        waiting.begin(delivery);
        try {
            return lines.next();
        } finally {
            waiting.end();
        }
    }

    private static Duration delay(String seconds) throws InputException {
        try {
            return seconds.isEmpty()
                    ? Duration.ZERO
                    : Duration.ofMillis(Math.round(new PlainNumber().convert(seconds) * 1000));
        } catch (TypeConversionException e) {
            throw new InputException("nack takes seconds, not '" + seconds + "'");
        }
    }

    @Override
    public void close() {
        waiting.close();
    }
}
