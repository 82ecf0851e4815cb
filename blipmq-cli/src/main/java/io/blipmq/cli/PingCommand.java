package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
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
        description = {"Measures round trips to the daemon, handshake excluded.", ""})
final class PingCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Option(names = "--count", paramLabel = "N", description = "How many round trips. Default: 4.")
    private int count = 4;

    @Override
    public Integer call() throws IOException {
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "--count takes 1 or more, not " + count);
        }
        try (BlipClient client = blipmq.connect(spec)) {
            measure(client);
        }
        return 0;
    }

    private void measure(BlipClient client) throws IOException {
        long minNanos = Long.MAX_VALUE;
        long maxNanos = 0;
        long totalNanos = 0;
        for (int i = 0; i < count; i++) {
            long startNanos = System.nanoTime();
            client.ping();
            long nanos = System.nanoTime() - startNanos;
            minNanos = Math.min(minNanos, nanos);
            maxNanos = Math.max(maxNanos, nanos);
            totalNanos += nanos;
        }
        print(minNanos, totalNanos / count, maxNanos);
    }

    private void print(long minNanos, long averageNanos, long maxNanos) {
        PrintStream out = new PrintStream(blipmq.terminal().output(), true, StandardCharsets.UTF_8);
        out.println(count + (count == 1 ? " round trip to " : " round trips to ") + blipmq.address(spec) + ": min "
                + micros(minNanos) + ", avg " + micros(averageNanos) + ", max " + micros(maxNanos));
    }

    private static String micros(long nanos) {
        return TimeUnit.NANOSECONDS.toMicros(nanos) + " µs";
    }
}
