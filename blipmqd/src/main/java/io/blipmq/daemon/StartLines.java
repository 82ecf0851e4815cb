package io.blipmq.daemon;

import io.blipmq.wal.LogDamage;
import io.blipmq.wal.RecoveryReport;
import io.blipmq.wal.RepairReport;
import io.blipmq.wal.Wal;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what a start found in the log. Stateless. */
final class StartLines {
    private static final Logger log = LoggerFactory.getLogger(Daemon.class);

    private StartLines() {}

    static void log(Wal wal, Path directory) {
        logSalvage(wal.salvage());
        logRecovery(wal.recovery());
        if (wal.recovery().fresh()) {
            warnOfOthers(directory);
        }
    }

    private static void warnOfOthers(Path directory) {
        List<Path> others = OtherLogs.beside(directory);
        if (!others.isEmpty()) {
            log.warn(
                    "A NEW, EMPTY LOG begins in \"{}\", although there is a log in {}: if its messages are wanted, stop this"
                            + " daemon and correct wal_path",
                    directory,
                    others.stream().map(path -> '"' + path.toString() + '"').collect(Collectors.joining(", ")));
        }
    }

    private static void logSalvage(RepairReport salvage) {
        for (LogDamage damage : salvage.damages()) {
            log.warn("salvaged: {}", damage.describe());
        }
        if (!salvage.damages().isEmpty()) {
            log.warn(
                    "the log was damaged and has been salvaged; lost ranges of records: {}; what was there before is kept"
                            + " in {}",
                    salvage.lostRanges(),
                    salvage.kept().isEmpty()
                            ? "no file, because nothing was changed"
                            : String.join(", ", salvage.kept()));
        }
    }

    /** What a salvage gave up, empty when there was none. */
    static Optional<String> remark(RepairReport salvage) {
        return salvage.damages().isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "salvaged; lost ranges of records: " + salvage.lostRanges() + ", see the log of the start");
    }

    private static void logRecovery(RecoveryReport report) {
        long millis = TimeUnit.NANOSECONDS.toMillis(report.elapsedNanos());
        if (report.fresh()) {
            log.info("a new log begins");
        } else if (report.sealed()) {
            log.info("the log ended cleanly: {} records replayed in {} ms", report.records(), millis);
        } else {
            log.warn(
                    "the log had no clean end and was recovered: {} records replayed in {} ms, {} of them rewritten",
                    report.records(),
                    millis,
                    report.rewrittenRecords());
        }
        if (report.tornBytes() > 0) {
            log.warn(
                    "cut {} bytes of an unfinished write off the log's end; they are set aside in {}",
                    report.tornBytes(),
                    report.tornFile().isEmpty() ? "no file, for lack of room" : report.tornFile());
        }
    }
}
