package io.blipmq.cli;

import io.blipmq.client.BlipAddress;
import io.blipmq.client.BlipClient;
import io.blipmq.client.BlipException;
import io.blipmq.client.ClosedException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq top}. */
@Command(
        name = "top",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Shows the key's subscriptions or topics and how they change, again and again.",
            "",
            SubscriptionPrinter.COUNTS + " CHANGE/S is by how many messages a second all that a subscription holds has "
                    + "grown, or shrunk, since the last refresh.",
            "",
            "The rates above the table, of all keys, come from the daemon's /metrics; a - says that they are not known.",
            "",
            "Keys: b backlog, c change, i in flight, d delayed, o oldest, n name, t topic; r reverses the order, v shows "
                    + "topics or subscriptions, blank refreshes at once, q ends.",
            "",
            "--once prints three lines, an empty one and the table, and ends. Columns and their order are always the same.",
            ""
        })
final class TopCommand implements Callable<Integer> {
    private static final int LINES_OTHERWISE = 24;
    /** The summary, an empty line, the titles, and the line of the cursor. */
    private static final int LINES_AROUND = 6;

    private static final int METRICS_PORT = 9100;
    private static final int END_OF_INPUT = -1;
    private static final String CLEAR = "\u001b[H\u001b[J";

    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Option(
            names = "--sort",
            paramLabel = "COLUMN",
            description =
                    "${COMPLETION-CANDIDATES}; the largest or oldest first, names and topics from A. Default: backlog.")
    private TopOrder order = TopOrder.backlog;

    @Option(names = "--reverse", description = "In the opposite order.")
    private boolean reverse;

    @Option(names = "--topics", description = "One line for each topic, with all subscriptions of the key to it.")
    private boolean topics;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            description = "Time between two refreshes, over which changes and rates are taken. Default: 2.")
    private double intervalSeconds = 2;

    @Option(names = "--once", description = "Print one table, after one interval, and end.")
    private boolean once;

    @Option(
            names = "--max",
            paramLabel = "N",
            description = "Lines of the table. Default: as many as the terminal has; with --once all.")
    private Integer max;

    @Option(
            names = "--metrics",
            paramLabel = "URL",
            description =
                    "The daemon's /metrics. Default: http://HOST:9100/metrics when the daemon has its default port.")
    private URI metrics;

    private Duration interval;

    @Override
    public Integer call() throws IOException, InterruptedException {
        interval = BlipCommand.seconds(spec, "--interval", intervalSeconds);
        if (max != null && max < 1) {
            throw new ParameterException(spec.commandLine(), "--max takes 1 or more, not " + max);
        }
        if (metrics != null && !"http".equals(metrics.getScheme())) {
            throw new ParameterException(
                    spec.commandLine(), "--metrics takes http://HOST:PORT/metrics, not " + metrics);
        }
        try (BlipClient client = blipmq.connect(spec);
                SignalledEnd end = new SignalledEnd(client)) {
            TopView view = new TopView(client.info(), blipmq.address(spec).toString(), order, reverse, topics);
            try {
                showOrRepeat(client, view);
            } catch (ClosedException e) {
                if (!end.hasBegun()) {
                    throw e;
                }
            }
        } catch (OutputException e) {
            if (!e.isReaderGone()) {
                throw e;
            }
        }
        return 0;
    }

    private void showOrRepeat(BlipClient client, TopView view) throws IOException, InterruptedException {
        TopSample first = TopSample.take(client, firstMetrics());
        if (once) {
            pause();
            show(view, first, TopSample.take(client, metrics()), max == null ? Integer.MAX_VALUE : max, "");
            return;
        }
        try (RawTerminal terminal = RawTerminal.open(blipmq.terminal().input())) {
            repeat(client, view, first, max == null ? terminal.lines(LINES_OTHERWISE) - LINES_AROUND : max);
        }
    }

    private void pause() {
        long end = System.nanoTime() + interval.toNanos();
        for (long left = interval.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void repeat(BlipClient client, TopView view, TopSample first, int linesMax)
            throws IOException, InterruptedException {
        BlockingQueue<Integer> keys = keys();
        int lines = Math.max(1, linesMax);
        TopSample before = first;
        TopSample now = first;
        show(view, before, now, lines, CLEAR);
        for (int key = next(keys); key != 'q'; key = next(keys)) {
            view.onKey(key);
            if (TopOrder.ofKey(key) == null && key != 'r' && key != 'v') {
                try {
                    TopSample next = TopSample.take(client, metrics());
                    before = now;
                    now = next;
                } catch (ClosedException e) {
                    throw e;
                } catch (BlipException e) {
                    blipmq.print(CLEAR + "no answer from " + blipmq.address(spec) + ": " + Printable.of(e.getMessage())
                            + "\n");
                    continue;
                }
            }
            show(view, before, now, lines, CLEAR);
        }
    }

    /** @return a key; {@link #END_OF_INPUT} when none was pressed during the interval */
    private int next(BlockingQueue<Integer> keys) throws InterruptedException {
        Integer key = keys.poll(interval.toNanos(), TimeUnit.NANOSECONDS);
        return key == null ? END_OF_INPUT : key;
    }

    private BlockingQueue<Integer> keys() {
        BlockingQueue<Integer> keys = new LinkedBlockingQueue<>();
        Thread reader = new Thread(
                () -> {
                    try {
                        int key = blipmq.terminal().input().read();
                        while (key != END_OF_INPUT) {
                            keys.add(key);
                            key = blipmq.terminal().input().read();
                        }
                    } catch (IOException e) {
                        // There are no keys, then.
                    }
                },
                "blipmq-keys");
        reader.setDaemon(true);
        reader.start();
        return keys;
    }

    private void show(TopView view, TopSample before, TopSample now, int lines, String lead) throws IOException {
        if (blipmq.isJson()) {
            new JsonLines(blipmq.terminal().output()).line(json -> view.json(json, before, now));
        } else {
            blipmq.print(lead + view.text(before, now, lines));
        }
    }

    // --- metrics ---

    /** A page that somebody has asked for has to be there. */
    private Map<String, Double> firstMetrics() throws IOException {
        if (metrics == null) {
            return metrics();
        }
        try {
            return MetricsPage.read(metrics);
        } catch (IOException e) {
            throw new IOException("cannot read " + metrics + ": " + e.getMessage(), e);
        }
    }

    /** Empty when they are not there. */
    private Map<String, Double> metrics() {
        BlipAddress address = blipmq.address(spec);
        if (metrics == null && address.port() != BlipAddress.DEFAULT_PORT) {
            return Map.of();
        }
        URI page = metrics == null ? URI.create("http://" + host(address) + ":" + METRICS_PORT + "/metrics") : metrics;
        try {
            return MetricsPage.read(page);
        } catch (IOException e) {
            return Map.of();
        }
    }

    private static String host(BlipAddress address) {
        return address.host().indexOf(':') < 0 ? address.host() : "[" + address.host() + "]";
    }
}
