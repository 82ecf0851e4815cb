package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.SubscriptionInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Owned by the main thread. Shows the messages that a durable subscription holds, delivered or not, and leaves them as they
 * are: it only lists them.
 */
final class Peek {
    private final BlipCommand blipmq;
    private final BlipClient client;
    private final String topic;
    private final DeliveryPrinter printer;

    Peek(BlipCommand blipmq, BlipClient client, String topic, DeliveryPrinter printer) {
        this.blipmq = blipmq;
        this.client = client;
        this.topic = topic;
        this.printer = printer;
    }

    /**
     * Prints the messages of a subscription.
     *
     * @param name its name or its id
     */
    void printNamed(String name, int max) throws IOException {
        SubscriptionInfo found = Lookup.subscription(client, name);
        if (!found.topic().equals(topic)) {
            throw new IOException("the subscription " + Printable.of(name) + " is to " + Printable.of(found.topic())
                    + ", not to " + Printable.of(topic));
        }
        print(found, max);
    }

    /** Prints the dead letters of a topic. */
    void printDeadLetters(int max) throws IOException {
        Optional<SubscriptionInfo> letters = Lookup.deadLetters(client, topic);
        if (letters.isEmpty()) {
            LetterReport.sayNone(blipmq, topic);
        } else {
            print(letters.get(), max);
        }
    }

    private void print(SubscriptionInfo subscription, int max) throws IOException {
        blipmq.terminal()
                .errors()
                .println("peeking at " + Printable.of(topic)
                        + (subscription.name().isEmpty() ? "" : " as " + Printable.of(subscription.name()))
                        + ", subscription " + Long.toUnsignedString(subscription.id()) + ", " + subscription.backlog()
                        + " waiting, " + subscription.inFlight() + " in flight");
        try {
            client.admin().messages(subscription.id(), max, message -> {
                try {
                    printer.print(message.topic().isEmpty() ? topic : message.topic(), message);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        printer.flush();
    }
}
