package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.BlipClientBuilder;
import io.blipmq.client.BlipException;
import io.blipmq.client.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq pub}. */
@Command(
        name = "pub",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Publishes one message, a file, or each line of standard input.",
            "",
            "Ends with status 0 only when the broker has confirmed every message; at QoS 1 that means stored "
                    + "for every subscription to the topic. A message that reaches no subscription is confirmed but "
                    + "not kept; the closing line counts those.",
            "",
            "When the connection is lost, pub reconnects and resends what was not confirmed, so a message "
                    + "without --id may be delivered twice. If it has to give up, it reports how many are confirmed, counted from "
                    + "the first: after \"confirmed 1200 of 1300\", continue with line 1201.",
            ""
        })
final class PubCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Parameters(index = "0", paramLabel = "TOPIC", description = "The topic, 1 to 1024 bytes of UTF-8.")
    private String topic;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "MESSAGE",
            description = "The message. Without it, and without --file, each line of standard input is a message.")
    private String message;

    @Option(names = "--file", paramLabel = "FILE", description = "A file whose content is the message.")
    private Path file;

    @Option(
            names = "--qos",
            paramLabel = "QOS",
            description = "1: stored for each subscription before it is confirmed (default). 0: only for subscribers "
                    + "connected now.")
    private int qos = 1;

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "An id for the one message, 1 to 64 bytes: the broker stores it once, however often it is "
                    + "published under this id within the broker's deduplication_window_ms.")
    private String id;

    @Mixin
    private MessageOptions options;

    @Mixin
    private DeliveryTime time;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "Publish the message N times; from standard input, at most N lines.")
    private Long count;

    @Option(names = "--rate", paramLabel = "N", description = "Messages per second, evenly spaced. Default: unlimited.")
    private double rate;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Time limit for the confirm of a message, including reconnecting. Default: 30.")
    private double timeoutSeconds = 30;

    @Option(
            names = {"-q", "--quiet"},
            description = "No summary and no connection messages on standard error.")
    private boolean quiet;

    @Override
    public Integer call() throws IOException {
        requireValidOptions();
        try (BlipClient client = connect()) {
            ConfirmedPublisher publisher = new ConfirmedPublisher(client);
            publishAll(client, publisher);
            summarize(publisher);
        }
        return 0;
    }

    private BlipClient connect() {
        BlipClientBuilder builder =
                blipmq.client(spec).publishTimeout(BlipCommand.seconds(spec, "--timeout", timeoutSeconds));
        if (!quiet) {
            builder.listener(blipmq.connectionNews(spec));
        }
        return builder.connect();
    }

    private void requireValidOptions() {
        BlipCommand.requireQos(spec, qos);
        options.requireValid(spec);
        time.requireValid(spec, qos);
        BlipCommand.requireIntact(spec, "the topic", topic, "set LC_ALL=C.UTF-8");
        if (message != null) {
            BlipCommand.requireIntact(spec, "the message", message, "set LC_ALL=C.UTF-8 or use standard input");
        }
        if (message != null && file != null) {
            throw new ParameterException(spec.commandLine(), "give MESSAGE or --file, not both");
        }
        if (id != null) {
            requireOneMessage();
        }
        if (count != null && count < 0 || !(rate >= 0)) {
            throw new ParameterException(spec.commandLine(), "--count and --rate take 0 or more");
        }
    }

    private void requireOneMessage() {
        BlipCommand.requireIntact(spec, "the id", id, "set LC_ALL=C.UTF-8");
        if (message == null && file == null || count != null && count > 1) {
            throw new ParameterException(spec.commandLine(), "--id is for one message: give MESSAGE or --file");
        }
        if (qos == 0) {
            throw new ParameterException(spec.commandLine(), "--id has no effect at QoS 0: nothing is stored");
        }
        message(new byte[0]);
    }

    private Message message(byte[] body) {
        try {
            Message plain = time.applyTo(options.message(spec, topic, body).withQos(qos), spec);
            return id == null ? plain : plain.withId(id);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void publishAll(BlipClient client, ConfirmedPublisher publisher) throws IOException {
        try {
            if (message != null) {
                publishOne(publisher, message.getBytes(StandardCharsets.UTF_8));
            } else if (file != null) {
                publishOne(publisher, InputFile.message(file, client.bodyBytesMax(topic)));
            } else {
                publishLines(client, publisher);
            }
            publisher.confirm();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (BlipException | InputException e) {
            throw new IOException(e.getMessage() + "; " + progress(publisher), e);
        }
    }

    private void publishOne(ConfirmedPublisher publisher, byte[] body) {
        Rate pace = new Rate(rate);
        long times = count == null ? 1 : count;
        for (long i = 0; i < times; i++) {
            pace.await();
            publisher.publish(message(body));
        }
    }

    private void publishLines(BlipClient client, ConfirmedPublisher publisher) throws IOException {
        LineReader lines = new LineReader(blipmq.terminal().input(), client.bodyBytesMax(topic));
        Rate pace = new Rate(rate);
        long left = count == null ? Long.MAX_VALUE : count;
        try {
            for (byte[] line = left > 0 ? lines.next() : null; line != null; line = --left > 0 ? lines.next() : null) {
                pace.await();
                publisher.publish(message(line));
            }
        } catch (InputException e) {
            publisher.confirm();
            throw e;
        }
    }

    private static String progress(ConfirmedPublisher publisher) {
        return "confirmed " + publisher.confirmedCount() + " of " + publisher.publishedCount();
    }

    private void summarize(ConfirmedPublisher publisher) throws IOException {
        if (blipmq.isJson()) {
            new JsonLines(blipmq.terminal().output()).line(json -> {
                json.writeNumberField("published", publisher.publishedCount());
                json.writeNumberField("confirmed", publisher.confirmedCount());
                json.writeNumberField("withoutSubscription", publisher.unreachingCount());
                json.writeNumberField("duplicates", publisher.duplicateCount());
            });
        } else if (!quiet) {
            blipmq.terminal()
                    .errors()
                    .println("published " + publisher.publishedCount() + ", confirmed " + publisher.confirmedCount()
                            + (time.isGiven() ? "" : keptByNobody(publisher.unreachingCount()))
                            + storedBefore(publisher.duplicateCount()));
        }
    }

    private static String storedBefore(long count) {
        return count == 0
                ? ""
                : "; " + count + (count == 1 ? " is a duplicate" : " are duplicates") + " and not stored again";
    }

    private static String keptByNobody(long count) {
        if (count == 0) {
            return "";
        }
        return "; " + count + " reached no subscription and " + (count == 1 ? "is not kept" : "are not kept");
    }
}
