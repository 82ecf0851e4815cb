package io.blipmq.cli;

import io.blipmq.client.DeadLetter;
import io.blipmq.client.Delivery;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Owned by the main thread. Writes deliveries to standard output. */
final class DeliveryPrinter {
    private static final int OUTPUT_BYTES = 64 * 1024;

    /** What a delivery looks like. */
    enum Format {
        /** The body and a line feed; of a filter, the topic and a tab before it. */
        text,
        /** A JSON object in a line. */
        json,
        /** The body, and nothing between one and the next. */
        raw
    }

    private final OutputStream output;
    private final JsonLines json;
    private final Format format;
    private final boolean topics;

    /** @param topics whether they are of several topics */
    DeliveryPrinter(OutputStream output, Format format, boolean topics) {
        this.output = new BufferedOutputStream(output, OUTPUT_BYTES);
        this.json = new JsonLines(this.output);
        this.format = format;
        this.topics = topics;
    }

    void print(Delivery delivery) throws IOException {
        try {
            if (format == Format.json) {
                printJson(delivery);
                return;
            }
            if (topics && format == Format.text) {
                output.write((Printable.of(delivery.topic()) + "\t").getBytes(StandardCharsets.UTF_8));
            }
            output.write(delivery.body());
            if (format == Format.text) {
                output.write('\n');
            }
        } catch (OutputException e) {
            throw e;
        } catch (IOException e) {
            throw new OutputException(e);
        }
    }

    private void printJson(Delivery delivery) throws IOException {
        json.line(line -> {
            line.writeStringField("topic", delivery.topic());
            line.writeNumberField("qos", delivery.qos());
            if (delivery.qos() == 1) {
                line.writeNumberField("tag", delivery.tag());
                line.writeNumberField("attempt", delivery.attempt());
            }
            line.writeStringField("published", delivery.published().toString());
            JsonLines.headers(line, delivery.headers());
            if (delivery.deadLetter().isPresent()) {
                DeadLetter why = delivery.deadLetter().get();
                line.writeNumberField("failedSubscription", why.subscription());
                line.writeNumberField("attempts", why.attempts());
                line.writeStringField("reason", why.reason());
                line.writeStringField("since", why.since().toString());
            }
            JsonLines.body(line, delivery.body());
        });
    }

    /** What was printed is out of this process's hands. */
    void flush() throws OutputException {
        try {
            output.flush();
        } catch (IOException e) {
            throw new OutputException(e);
        }
    }
}
