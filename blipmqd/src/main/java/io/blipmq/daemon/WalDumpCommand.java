package io.blipmq.daemon;

import io.blipmq.broker.journal.JournalRecord;
import io.blipmq.config.ConfigException;
import io.blipmq.wal.LogReport;
import io.blipmq.wal.RecordVisitor;
import io.blipmq.wal.engine.OfflineLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code blipmqd wal dump}. Owned by the main thread. */
@Command(
        name = "dump",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Prints the records of a stopped daemon's log in order, including those after damage.",
            "Changes nothing. The output contains payloads: treat it as confidential."
        },
        footer = {
            "",
            "Types: publish, subscribe, settle, dead-letter, redrive, remove, settings, clock. With --json, one line",
            "per record; a payload that is not text is in payload_base64.",
            "",
            "Exit status: 0, 65 when the part that was read is damaged, 1 when it cannot be read."
        })
final class WalDumpCommand extends OfflineCommand implements RecordVisitor {
    @Option(names = "--topic", paramLabel = "TOPIC", description = "Only records that name this topic.")
    private String topic;

    @Option(names = "--type", paramLabel = "TYPE", description = "Only records of this type.")
    private String type;

    @Option(names = "--from", paramLabel = "N", description = "Only records from this number on.")
    private long from;

    @Option(names = "--through", paramLabel = "N", description = "Only records up to this number.")
    private long through = Long.MAX_VALUE;

    @Option(names = "--limit", paramLabel = "N", description = "Maximum number of records.")
    private long limit = Long.MAX_VALUE;

    private long printed;

    @Override
    int run() throws IOException, ConfigException {
        LogReport report;
        try (OfflineLog log = OfflineLog.toRead(location().directory())) {
            report = log.visit(this);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        report.damages().forEach(damage -> err().println("damage: " + damage.describe()));
        return report.isWhole() ? ExitStatus.OK : ExitStatus.DAMAGED;
    }

    @Override
    public boolean wantsMore() {
        return printed < limit && !out().checkError();
    }

    @Override
    public void onRecord(String file, long sequence, int code, ByteBuffer buffer, int offset, int length) {
        if (sequence < from || sequence > through || printed >= limit) {
            return;
        }
        JournalRecord record = JournalRecord.of(sequence, code, buffer, offset, length);
        boolean wanted =
                (topic == null || topic.equals(record.topic())) && (type == null || type.equals(record.command()));
        if (!wanted) {
            return;
        }
        printed++;
        try {
            DumpLine line = new DumpLine(file, sequence, record);
            if (isJson()) {
                Json.line(out(), line::write);
            } else {
                out().println(line.text());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
