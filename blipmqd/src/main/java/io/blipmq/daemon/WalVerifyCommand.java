package io.blipmq.daemon;

import io.blipmq.broker.journal.LocalJournal;
import io.blipmq.config.ConfigException;
import io.blipmq.wal.LogDamage;
import io.blipmq.wal.LogReport;
import io.blipmq.wal.engine.OfflineLog;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** {@code blipmqd wal verify}. Owned by the main thread. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Reads the whole log of a stopped daemon, and reports its content and whether it is intact.",
            "Changes nothing."
        },
        footer = {"", "Exit status: 0 when it is intact, 65 when it is damaged, 1 when it cannot be read."})
final class WalVerifyCommand extends OfflineCommand {

    @Override
    int run() throws IOException, ConfigException {
        LogReport report;
        try (OfflineLog log = OfflineLog.toRead(location().directory())) {
            report = log.verify(LocalJournal.content());
        }
        if (isJson()) {
            Json.line(out(), json -> Json.report(json, report));
        } else {
            print(report);
        }
        return report.isWhole() ? ExitStatus.OK : ExitStatus.DAMAGED;
    }

    private void print(LogReport report) {
        PrintWriter out = out();
        out.println("log         " + report.directory());
        out.println("journal     " + report.journalId());
        out.println("state       " + (report.isWhole() ? "whole" : "DAMAGED"));
        out.println("end         " + end(report));
        out.printf(
                "records     %d, %d to %d, epoch %d%n",
                report.records(), report.firstSequence(), report.lastSequence(), report.epochs());
        out.println("checkpoint  " + checkpoint(report.checkpoint()));
        out.println("indexes     "
                + (report.indexesMissing() == 0
                        ? "all there"
                        : report.indexesMissing() + " missing, to be rebuilt at the next start"));
        out.printf("room        %d prepared segments, %d bytes of ballast%n", report.prepared(), report.ballastBytes());
        printNames("superseded", report.superseded());
        printNames("aside", report.aside());
        out.println();
        out.printf("%-36s %6s %20s %20s %10s %12s%n", "segment", "epoch", "first", "last", "records", "bytes");
        for (LogReport.SegmentSummary segment : report.segments()) {
            out.printf(
                    "%-36s %6d %20d %20d %10d %12d%n",
                    segment.file(),
                    segment.epoch(),
                    segment.first(),
                    segment.last(),
                    segment.records(),
                    segment.bytes());
        }
        printDamages(out, report);
    }

    private static String end(LogReport report) {
        if (report.sealed()) {
            return "clean";
        }
        return report.tornBytes() == 0
                ? "not clean; the next start recovers it"
                : "not clean, with " + report.tornBytes()
                        + " bytes of an unfinished write, which the next start sets aside";
    }

    private static String checkpoint(LogReport.CheckpointSummary checkpoint) {
        if (checkpoint == null) {
            return "none";
        }
        String lost = checkpoint.lostRanges() == 0 ? "" : ", " + checkpoint.lostRanges() + " ranges lost to a repair";
        return "record " + checkpoint.sequence() + ", lists " + checkpoint.segments() + " segments, state of "
                + checkpoint.contentBytes() + " bytes" + lost;
    }

    private void printNames(String what, Iterable<String> names) {
        for (String name : names) {
            out().printf("%-11s %s%n", what, name);
        }
    }

    private static void printDamages(PrintWriter out, LogReport report) {
        if (!report.isWhole()) {
            out.println();
            for (LogDamage damage : report.damages()) {
                out.println("damage: " + damage.describe());
            }
            out.println("'blipmqd wal repair' shows what can be done");
        }
    }
}
