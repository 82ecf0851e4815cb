package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.ClosedException;
import io.blipmq.client.Delivery;
import io.blipmq.client.Receiver;
import io.blipmq.client.Subscription;
import io.blipmq.client.SubscriptionBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq sub}. */
@Command(
        name = "sub",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Prints the messages of a topic until it is interrupted.",
            "",
            "After \"subscribed to TOPIC\" on standard error, everything published is printed. With --name "
                    + "the broker keeps the subscription and its unacknowledged messages: the next sub with the same "
                    + "name and key continues where this one ended. When the connection is lost, sub reconnects and "
                    + "continues; without --name it misses what is published meanwhile, and says so.",
            "",
            "--ack auto acknowledges a message once it is written to standard output. --ack manual reads one "
                    + "line of standard input per message: ack (or an empty line), nack [SECONDS] or reject [REASON]. "
                    + "While sub waits for the line and is connected, the message does not time out. At the end of its "
                    + "input sub ends, and the message stays unacknowledged.",
            "",
            "--peek leaves no trace: with --name or --group it prints what the subscription holds, delivered or not, and "
                    + "ends; nothing is delivered, acknowledged or counted as an attempt, whoever is attached. For "
                    + "$dead-letter/TOPIC it prints the dead letters. Without a name it prints what is published from "
                    + "now on, through a subscription at QoS 0 that ends with it.",
            ""
        })
final class SubCommand implements Callable<Integer> {
    /** How often somebody is looked for who reads what is printed, while nothing arrives. */
    private static final long WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private enum Acknowledgement {
        auto,
        manual
    }

    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Parameters(
            index = "0",
            paramLabel = "TOPIC",
            description = TopicOrFilter.DESCRIPTION + " $dead-letter/TOPIC for its dead letters.")
    private String topic;

    @Mixin
    private TopicOrFilter kind;

    @Mixin
    private DurableName durable;

    @Option(
            names = "--qos",
            paramLabel = "QOS",
            description =
                    "1: at least once, until acknowledged (default). 0: at most once, dropped when sub is too slow.")
    private int qos = 1;

    @Option(names = "--count", paramLabel = "N", description = "End with status 0 after this many messages.")
    private Long count;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "End with status 1 when nothing arrives for this time.")
    private Double timeoutSeconds;

    @Option(names = "--ack", paramLabel = "auto|manual", description = "How messages are acknowledged. Default: auto.")
    private Acknowledgement ack = Acknowledgement.auto;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json|raw",
            description =
                    "text: one message per line, for a filter behind its topic and a tab (default). json: with all metadata. raw: without separators.")
    private DeliveryPrinter.Format format;

    @Option(
            names = "--credit",
            paramLabel = "N",
            description = "Maximum messages in transit, of 4 MiB together or one that is larger. Default: 32.")
    private int credit = 32;

    @Option(
            names = "--ack-timeout",
            paramLabel = "SECONDS",
            description =
                    "Time after which an unacknowledged message is delivered again, unless it waits for its line of "
                            + "--ack manual. Default: 30.")
    private double ackTimeoutSeconds = 30;

    @Option(names = "--take-over", description = "Take the name from another connection that holds it.")
    private boolean takeOver;

    @Option(names = "--from-new", description = "Drop what the named subscription holds, and begin with new messages.")
    private boolean fromNew;

    @Option(names = "--peek", description = "Only look: see above.")
    private boolean peek;

    @Override
    public Integer call() throws IOException, InterruptedException {
        requireValidOptions();
        try {
            if (peek && (durable.isGiven() || isDeadLetters())) {
                peek();
            } else {
                receive();
            }
        } catch (OutputException e) {
            if (!e.isReaderGone()) {
                throw e;
            }
        }
        return 0;
    }

    private boolean isDeadLetters() {
        return topic.startsWith(Lookup.DEAD_LETTER_PREFIX);
    }

    private void peek() throws IOException {
        try (BlipClient client = blipmq.connect(spec)) {
            Peek what = new Peek(blipmq, client, topic, printer());
            int max = count == null ? Integer.MAX_VALUE : (int) Math.min(count, Integer.MAX_VALUE);
            if (durable.isGiven()) {
                what.printNamed(durable.given(), max);
            } else {
                what.printDeadLetters(max);
            }
        }
    }

    private void receive() throws IOException, InterruptedException {
        try (BlipClient client = blipmq.client(spec)
                        .listener(blipmq.connectionNews(spec))
                        .connect();
                SignalledEnd end = new SignalledEnd(client)) {
            receiveUntil(end, client);
        }
    }

    private void receiveUntil(SignalledEnd end, BlipClient client) throws IOException, InterruptedException {
        try (Receiver receiver = subscribe(client)) {
            announce(receiver.subscription());
            receive(receiver);
        } catch (ClosedException e) {
            if (!end.hasBegun()) {
                throw e;
            }
        }
    }

    private void requireValidOptions() {
        BlipCommand.requireQos(spec, qos);
        BlipCommand.requireIntact(spec, "the topic", topic, "set LC_ALL=C.UTF-8");
        durable.requireValid(spec);
        if (count != null && count < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--count takes 1 or more, not " + count + "; blipmq subscribe only creates a subscription");
        }
        if (timeoutSeconds != null) {
            BlipCommand.seconds(spec, "--timeout", timeoutSeconds);
        }
        if (peek) {
            requireValidPeek();
        } else if (qos == 0) {
            durable.requireValidAtQos0(spec);
        }
    }

    private void requireValidPeek() {
        if (takeOver || fromNew || ack == Acknowledgement.manual) {
            throw new ParameterException(
                    spec.commandLine(), "--peek changes nothing: without --take-over, --from-new and --ack manual");
        }
        qos = durable.isGiven() || isDeadLetters() ? 1 : 0;
    }

    private Receiver subscribe(BlipClient client) {
        try {
            SubscriptionBuilder builder = durable.applyTo(kind.applyTo(client.subscribe(topic), topic))
                    .qos(qos)
                    .credit(credit)
                    .limit(count == null ? Long.MAX_VALUE : count)
                    .manualAck()
                    .listener(new SubscriptionNews(blipmq.terminal().errors()))
                    .ackTimeout(ackTimeout());
            if (takeOver) {
                builder.takeOver();
            }
            if (fromNew) {
                builder.fromNew();
            }
            return builder.receive();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Duration ackTimeout() {
        return BlipCommand.seconds(spec, "--ack-timeout", ackTimeoutSeconds);
    }

    private void announce(Subscription subscription) {
        String named = durable.described();
        String found = subscription.resumed() ? ", " + subscription.backlogAtStart() + " waiting" : "";
        blipmq.terminal()
                .errors()
                .println("subscribed to " + Printable.of(topic) + named + " (QoS " + qos + "), subscription "
                        + Long.toUnsignedString(subscription.id()) + found);
    }

    private void receive(Receiver receiver) throws IOException, InterruptedException {
        try (ReaderWatch watch = ReaderWatch.of(blipmq.terminal().output());
                ManualSettling decisions = ack == Acknowledgement.manual
                        ? new ManualSettling(blipmq.terminal().input(), ackTimeout())
                        : null) {
            receive(receiver, watch, decisions);
        }
    }

    /** @param decisions null: everything is acknowledged */
    private void receive(Receiver receiver, ReaderWatch watch, ManualSettling decisions)
            throws IOException, InterruptedException {
        DeliveryPrinter printer = printer();
        long left = count == null ? Long.MAX_VALUE : count;
        boolean goOn = true;
        while (goOn && left > 0) {
            List<Delivery> printed = printWhatIsHere(receiver, watch, printer, decisions == null ? left : 1);
            printer.flush();
            for (Delivery delivery : printed) {
                left--;
                goOn = settle(delivery, decisions) && goOn;
            }
        }
    }

    private DeliveryPrinter printer() {
        DeliveryPrinter.Format chosen = format != null ? format : DeliveryPrinter.Format.text;
        return new DeliveryPrinter(
                blipmq.terminal().output(),
                blipmq.isJson() ? DeliveryPrinter.Format.json : chosen,
                kind.isFilter(topic));
    }

    private static boolean settle(Delivery delivery, ManualSettling decisions) throws IOException {
        if (decisions != null && delivery.qos() == 1) {
            return decisions.settle(delivery);
        }
        delivery.ack();
        return true;
    }

    /** Waits for a delivery, and takes what has come with it. */
    private List<Delivery> printWhatIsHere(Receiver receiver, ReaderWatch watch, DeliveryPrinter printer, long max)
            throws IOException, InterruptedException {
        List<Delivery> printed = new ArrayList<>();
        Optional<Delivery> next = Optional.of(await(receiver, watch));
        while (next.isPresent()) {
            printer.print(next.get());
            printed.add(next.get());
            next = printed.size() < Math.min(max, credit) ? receiver.poll() : Optional.empty();
        }
        return printed;
    }

    private Delivery await(Receiver receiver, ReaderWatch watch) throws IOException, InterruptedException {
        long timeout = timeoutSeconds == null
                ? Long.MAX_VALUE
                : BlipCommand.seconds(spec, "--timeout", timeoutSeconds).toNanos();
        for (long waited = 0; waited < timeout; waited += WATCH_NANOS) {
            Optional<Delivery> delivery = receiver.receive(Duration.ofNanos(Math.min(WATCH_NANOS, timeout - waited)));
            if (delivery.isPresent()) {
                return delivery.get();
            }
            watch.requireReader();
        }
        throw new IOException("nothing arrived for " + TimeUnit.NANOSECONDS.toMillis(timeout) / 1000.0 + " s");
    }
}
