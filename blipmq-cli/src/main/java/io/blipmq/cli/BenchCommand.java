package io.blipmq.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blipmq.cli.bench.Bench;
import io.blipmq.cli.bench.BenchPlan;
import io.blipmq.cli.bench.BenchResult;
import io.blipmq.cli.bench.SvgPlot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures the broker with publishers and subscribers of its own.",
            "",
            "Without --rate it measures throughput. With --rate it measures latency from the moment at which "
                    + "each message was due, so that falling behind is visible. It verifies every delivery: if a QoS 1 "
                    + "message is lost, duplicated or out of order, it says so and ends with status 1.",
            ""
        })
final class BenchCommand implements Callable<Integer> {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};
    private static final int MESSAGE_BYTES_MIN = 20;

    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Option(names = "--publishers", paramLabel = "N", description = "Number of publishers. Default: 1.")
    private int publishers = 1;

    @Option(names = "--subscribers", paramLabel = "N", description = "Subscribers of each topic. Default: 1.")
    private int subscribers = 1;

    @Option(names = "--topics", paramLabel = "N", description = "Number of topics. Default: 1.")
    private int topics = 1;

    @Option(names = "--topic", paramLabel = "NAME", description = "Prefix of the topic names. Default: bench.")
    private String topic = "bench";

    @Option(names = "--size", paramLabel = "BYTES", description = "Size of a message, at least 20. Default: 100.")
    private int size = 100;

    @Option(names = "--qos", paramLabel = "QOS", description = "0 or 1. Default: 1.")
    private int qos = 1;

    @Option(
            names = "--window",
            paramLabel = "N",
            description = "Maximum unconfirmed messages of a publisher. Default: 1024.")
    private int window = 1024;

    @Option(names = "--rate", paramLabel = "N", description = "Messages per second, of all publishers together.")
    private double rate;

    @Option(names = "--seconds", paramLabel = "N", description = "Duration of publishing. Default: 10.")
    private double seconds = 10;

    @Option(names = "--messages", paramLabel = "N", description = "Maximum number of messages.")
    private long messages = Long.MAX_VALUE;

    @Option(
            names = "--svg",
            paramLabel = "FILE",
            description = "Plot throughput over time, or with --rate the distribution of latency.")
    private Path svg;

    @Override
    public Integer call() throws IOException, InterruptedException {
        requireValidOptions();
        BenchPlan plan = new BenchPlan(
                () -> blipmq.client(spec)
                        .unconfirmedMax(Math.max(window, 1), Long.MAX_VALUE / 2)
                        .publishTimeout(Duration.ofSeconds(60))
                        .connect(),
                topic,
                publishers,
                subscribers,
                topics,
                messages,
                seconds,
                size,
                qos,
                window,
                rate);
        BenchResult result = new Bench(plan, blipmq.terminal().errors()::println).run();
        if (blipmq.isJson()) {
            printJson(result);
        } else {
            print(result);
        }
        if (svg != null) {
            Files.writeString(svg, plot(result));
        }
        return result.isGood(qos) ? 0 : 1;
    }

    private void requireValidOptions() {
        BlipCommand.requireQos(spec, qos);
        if (publishers < 1 || subscribers < 0 || topics < 1 || window < 1 || messages < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--publishers, --topics, --window and --messages take 1 or more");
        }
        if (size < MESSAGE_BYTES_MIN || !(rate >= 0) || !(seconds > 0)) {
            throw new ParameterException(
                    spec.commandLine(), "--size takes 20 or more, --seconds more than 0, --rate 0 or more");
        }
    }

    private String what() {
        return publishers + " publishers, " + subscribers + " subscribers, " + topics + " topics, " + size
                + " bytes, QoS " + qos + ", window " + window + (rate == 0 ? "" : ", " + (long) rate + "/s");
    }

    private String plot(BenchResult result) {
        return rate == 0 ? SvgPlot.throughput(result.perSecond(), what()) : SvgPlot.latency(latency(result), what());
    }

    private Histogram latency(BenchResult result) {
        return subscribers == 0 ? result.confirmLatency() : result.deliveryLatency();
    }

    private void print(BenchResult result) throws IOException {
        StringBuilder text = new StringBuilder(what()).append('\n');
        text.append(String.format(
                Locale.ROOT,
                "%d published, %d confirmed, %d delivered in %.2f s: %,.0f messages/s, %.1f MB/s%n",
                result.published(),
                result.confirmed(),
                result.delivered(),
                result.seconds(),
                result.messagesPerSecond(),
                result.messagesPerSecond() * size / 1e6));
        append(text, "confirm ", result.confirmLatency());
        if (subscribers > 0) {
            append(text, "delivery", result.deliveryLatency());
        }
        text.append(String.format(
                "lost %d, duplicated %d, reordered %d, refused %d: %s%n",
                result.lost(),
                result.duplicated(),
                result.reordered(),
                result.refused(),
                result.isGood(qos) ? "ok" : "FAILED"));
        result.failures().forEach(failure -> text.append(failure).append('\n'));
        blipmq.print(text.toString());
    }

    private static void append(StringBuilder text, String what, Histogram nanos) {
        text.append(what).append(" latency");
        for (double percentile : PERCENTILES) {
            text.append(percentile == 100 ? "  max " : "  p" + name(percentile) + " ")
                    .append(Printable.micros(nanos.getValueAtPercentile(percentile)));
        }
        text.append('\n');
    }

    private static String name(double percentile) {
        return percentile == Math.rint(percentile) ? Long.toString((long) percentile) : Double.toString(percentile);
    }

    private void printJson(BenchResult result) throws IOException {
        new JsonLines(blipmq.terminal().output()).line(json -> {
            json.writeStringField("what", what());
            json.writeNumberField("seconds", result.seconds());
            json.writeNumberField("published", result.published());
            json.writeNumberField("confirmed", result.confirmed());
            json.writeNumberField("delivered", result.delivered());
            json.writeNumberField("messagesPerSecond", Math.round(result.messagesPerSecond()));
            latency(json, "confirmNanos", result.confirmLatency());
            latency(json, "deliveryNanos", result.deliveryLatency());
            json.writeNumberField("lost", result.lost());
            json.writeNumberField("duplicated", result.duplicated());
            json.writeNumberField("reordered", result.reordered());
            json.writeNumberField("refused", result.refused());
            json.writeBooleanField("good", result.isGood(qos));
        });
    }

    private static void latency(JsonGenerator json, String name, Histogram nanos) throws IOException {
        json.writeObjectFieldStart(name);
        for (double percentile : PERCENTILES) {
            json.writeNumberField("p" + name(percentile), nanos.getValueAtPercentile(percentile));
        }
        json.writeEndObject();
    }
}
