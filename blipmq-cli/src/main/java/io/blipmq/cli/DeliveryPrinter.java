package io.blipmq.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blipmq.client.DeadLetter;
import io.blipmq.client.Delivery;
import io.blipmq.client.WaitingMessage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

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
        if (format == Format.json) {
            printJson(delivery);
        } else {
            printBody(delivery.topic(), delivery.body());
        }
    }

    /** A message that was looked at and not delivered. */
    void print(String topic, WaitingMessage message) throws IOException {
        if (format == Format.json) {
            printJson(topic, message);
        } else {
            printBody(topic, message.body());
        }
    }

    private void printBody(String topic, byte[] body) throws IOException {
        try {
            if (topics && format == Format.text) {
                output.write((Printable.of(topic) + "\t").getBytes(StandardCharsets.UTF_8));
            }
            output.write(body);
            if (format == Format.text) {
                output.write('\n');
            }
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
            printJson(line, delivery.deadLetter());
            JsonLines.body(line, delivery.body());
        });
    }

    private void printJson(String topic, WaitingMessage message) throws IOException {
        json.line(line -> {
            line.writeStringField("topic", topic);
            line.writeNumberField("qos", 1);
            line.writeNumberField("tag", message.tag());
            line.writeNumberField("deliveries", message.attempts());
            line.writeStringField("state", message.state());
            line.writeStringField("published", message.published().toString());
            JsonLines.headers(line, message.headers());
            printJson(line, message.deadLetter());
            JsonLines.body(line, message.body());
        });
    }

    private static void printJson(JsonGenerator line, Optional<DeadLetter> deadLetter) throws IOException {
        if (deadLetter.isPresent()) {
            DeadLetter why = deadLetter.get();
            line.writeNumberField("failedSubscription", why.subscription());
            line.writeNumberField("attempts", why.attempts());
            line.writeStringField("reason", why.reason());
            line.writeStringField("since", why.since().toString());
        }
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
