package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/**
 * Owned by the main thread. {@code blipmq sub}.
 *
 * <p>Version 1 has no push: the command polls, in batches that double while they come back full, and waits a little longer
 * each time there was nothing, up to 20 ms.
 */
@Command(
        name = "sub",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Prints the messages of a topic, one per line, until it is ended.",
            "",
            "\"subscribed to TOPIC\" on standard error says that from now on no message is missed. At QoS 1 a message is "
                    + "acknowledged once it is written to standard output, and the daemon keeps the subscription: the "
                    + "next sub with the same key and topic goes on where this one ended.",
            ""
        })
final class SubCommand implements Callable<Integer> {
    private static final int BATCH_MAX = 256;
    private static final long BACKOFF_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long BACKOFF_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Parameters(index = "0", paramLabel = "TOPIC", description = "The topic, 1 to 1024 bytes of UTF-8.")
    private String topic;

    @Option(
            names = "--qos",
            paramLabel = "QOS",
            description = "0: what is published while this runs (default). 1: kept until acknowledged.")
    private int qos = 0;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "End with status 0 after this many messages; 0 only makes the subscription.")
    private Long count;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "End with status 1 when nothing arrives for this long.")
    private Double timeoutSeconds;

    @Override
    public Integer call() throws IOException {
        requireValidOptions();
        try (BlipClient client = blipmq.connect(spec)) {
            long subscription = subscribe(client);
            receive(client, subscription, new LinePrinter(blipmq.terminal().output(), BATCH_MAX));
        } catch (OutputException e) {
            if (!e.isReaderGone()) {
                throw e;
            }
        }
        return 0;
    }

    private void requireValidOptions() {
        BlipCommand.requireQos(spec, qos);
        BlipCommand.requireIntact(spec, "the topic", topic, "set LC_ALL=C.UTF-8");
        if (count != null && count < 0) {
            throw new ParameterException(spec.commandLine(), "--count takes 0 or more, not " + count);
        }
        if (timeoutSeconds != null) {
            BlipCommand.seconds(spec, "--timeout", timeoutSeconds);
        }
    }

    private long subscribe(BlipClient client) throws IOException {
        try {
            long subscription = client.subscribe(topic, qos);
            blipmq.terminal()
                    .errors()
                    .println("subscribed to " + topic + " (QoS " + qos + "), subscription "
                            + Long.toUnsignedString(subscription));
            return subscription;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void receive(BlipClient client, long subscription, LinePrinter printer) throws IOException {
        long remaining = count == null ? Long.MAX_VALUE : count;
        long lastArrivalNanos = System.nanoTime();
        long backoffNanos = BACKOFF_MIN_NANOS;
        int batch = 1;
        while (remaining > 0) {
            // Never more than are wanted: what a poll took, no other subscriber gets at once.
            int asked = (int) Math.min(batch, remaining);
            int received = client.poll(subscription, asked, printer);
            if (received > 0) {
                printer.flush(tag -> client.ack(subscription, tag));
                remaining -= received;
                lastArrivalNanos = System.nanoTime();
                backoffNanos = BACKOFF_MIN_NANOS;
                batch = received == asked ? Math.min(2 * batch, BATCH_MAX) : batch;
            } else {
                requireWithinTimeout(System.nanoTime() - lastArrivalNanos);
                LockSupport.parkNanos(backoffNanos);
                backoffNanos = Math.min(2 * backoffNanos, BACKOFF_MAX_NANOS);
                batch = 1;
            }
        }
        client.ping(); // The last acknowledgements have taken effect.
    }

    private void requireWithinTimeout(long silenceNanos) throws IOException {
        if (timeoutSeconds == null) {
            return;
        }
        Duration timeout = BlipCommand.seconds(spec, "--timeout", timeoutSeconds);
        if (silenceNanos >= timeout.toNanos()) {
            throw new IOException("nothing arrived for " + timeout.toMillis() / 1000.0 + " s");
        }
    }
}
