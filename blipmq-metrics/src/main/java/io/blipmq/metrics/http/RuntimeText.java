package io.blipmq.metrics.http;

import io.blipmq.metrics.AgentStats;
import io.blipmq.metrics.RuntimeSnapshot;
import io.blipmq.metrics.TimeSummary;
import java.util.Locale;
import java.util.StringJoiner;

/** The runtime console as a table for people. Immutable: holds nothing. */
final class RuntimeText {
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final String HEADING =
            String.format(Locale.ROOT, "%-12s %-17s %-17s %-17s", "", "last 1 s", "last 10 s", "since start");
    private static final String COLUMNS = String.format(
            Locale.ROOT,
            "%-12s %8s %8s %8s %8s %8s %8s %12s %12s %12s %12s",
            "thread",
            "busy",
            "idle",
            "busy",
            "idle",
            "busy",
            "idle",
            "turns",
            "longest 10s",
            "longest",
            "now in turn");

    private RuntimeText() {}

    static String of(RuntimeSnapshot snapshot) {
        StringJoiner lines = new StringJoiner("\n");
        lines.add(HEADING.stripTrailing()).add(COLUMNS);
        snapshot.agents().forEach(agent -> lines.add(line(agent)));
        lines.add("").add(String.format(Locale.ROOT, "%-32s %12s", "queue", "depth"));
        snapshot.queueDepths()
                .forEach((queue, depth) -> lines.add(String.format(Locale.ROOT, "%-32s %12d", queue, depth)));
        return lines.add("").add(line(snapshot.fsync())).toString();
    }

    private static String line(AgentStats agent) {
        return String.format(
                Locale.ROOT,
                "%-12s %s %s %s %12d %12s %12s %12s",
                agent.agent(),
                shares(agent.busyShare1s()),
                shares(agent.busyShare10s()),
                shares(agent.busyShareSinceStart()),
                agent.turns(),
                time(agent.longestTurn10sNanos()),
                time(agent.longestTurnNanos()),
                agent.currentTurnNanos() == 0 ? "-" : time(agent.currentTurnNanos()));
    }

    private static String line(TimeSummary fsync) {
        return "fsync: " + fsync.count() + " times, p50 " + time(fsync.p50Nanos()) + ", p99 " + time(fsync.p99Nanos())
                + ", max " + time(fsync.maxNanos());
    }

    private static String shares(double busy) {
        return String.format(Locale.ROOT, "%6.1f %% %6.1f %%", 100 * busy, 100 * (1 - busy));
    }

    private static String time(long nanos) {
        if (nanos < NANOS_PER_MILLI) {
            return String.format(Locale.ROOT, "%.1f us", nanos / NANOS_PER_MICRO);
        }
        return nanos < NANOS_PER_SECOND
                ? String.format(Locale.ROOT, "%.1f ms", nanos / NANOS_PER_MILLI)
                : String.format(Locale.ROOT, "%.2f s", nanos / NANOS_PER_SECOND);
    }
}
