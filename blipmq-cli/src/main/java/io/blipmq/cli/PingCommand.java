package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq ping}. */
@Command(
        name = "ping",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {"Measures round trips to the broker, handshake excluded.", ""})
final class PingCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Option(names = "--count", paramLabel = "N", description = "Number of round trips. Default: 4.")
    private int count = 4;

    @Option(names = "--rate", paramLabel = "N", description = "Round trips per second. Default: one after another.")
    private double rate;

    @Override
    public Integer call() throws IOException {
        if (count < 1 || !(rate >= 0)) {
            throw new ParameterException(spec.commandLine(), "--count takes 1 or more, --rate 0 or more");
        }
        try (BlipClient client = blipmq.connect(spec)) {
            print(measure(client));
        }
        return 0;
    }

    private Histogram measure(BlipClient client) {
        Histogram nanos = new Histogram(3);
        Rate pace = new Rate(rate);
        for (int i = 0; i < count; i++) {
            pace.await();
            nanos.recordValue(client.ping().toNanos());
        }
        return nanos;
    }

    private void print(Histogram nanos) throws IOException {
        if (blipmq.isJson()) {
            new JsonLines(blipmq.terminal().output()).line(json -> {
                json.writeStringField("address", blipmq.address(spec).toString());
                json.writeNumberField("count", count);
                json.writeNumberField("minNanos", nanos.getMinValue());
                json.writeNumberField("meanNanos", (long) nanos.getMean());
                json.writeNumberField("p50Nanos", nanos.getValueAtPercentile(50));
                json.writeNumberField("p99Nanos", nanos.getValueAtPercentile(99));
                json.writeNumberField("maxNanos", nanos.getMaxValue());
            });
            return;
        }
        blipmq.print(count + (count == 1 ? " round trip to " : " round trips to ") + blipmq.address(spec) + ": min "
                + Printable.micros(nanos.getMinValue()) + ", avg " + Printable.micros((long) nanos.getMean()) + ", p99 "
                + Printable.micros(nanos.getValueAtPercentile(99)) + ", max " + Printable.micros(nanos.getMaxValue())
                + "\n");
    }
}
