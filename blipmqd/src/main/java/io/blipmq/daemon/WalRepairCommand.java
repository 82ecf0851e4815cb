package io.blipmq.daemon;

import io.blipmq.broker.journal.LocalJournal;
import io.blipmq.config.ConfigException;
import io.blipmq.wal.LogDamage;
import io.blipmq.wal.LogReport;
import io.blipmq.wal.RepairReport;
import io.blipmq.wal.engine.OfflineLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code blipmqd wal repair}. Owned by the main thread. */
@Command(
        name = "repair",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Shows what a repair of a stopped daemon's log would give up; with --accept-loss, repairs it.",
            "Without --accept-loss nothing is changed. A repair keeps everything intact, and",
            "the original files under names that end in .aside."
        },
        footer = {
            "",
            "Exit status: 0 when there was nothing to repair or it was repaired, 65 when it is damaged and",
            "nothing was changed, 1 when it could not run."
        })
final class WalRepairCommand extends OfflineCommand {
    @Option(names = "--accept-loss", description = "Repair it, giving up the records that are damaged.")
    private boolean lossAccepted;

    @Override
    int run() throws IOException, ConfigException {
        Path directory = location().directory();
        return lossAccepted ? repair(directory) : show(directory);
    }

    private int show(Path directory) throws IOException {
        LogReport report;
        try (OfflineLog log = OfflineLog.toRead(directory)) {
            report = log.verify(LocalJournal.content());
        }
        print(report.damages(), List.of(), false);
        return report.isWhole() ? ExitStatus.OK : ExitStatus.DAMAGED;
    }

    private int repair(Path directory) throws IOException {
        RepairReport report;
        try (OfflineLog log = OfflineLog.toRepair(directory)) {
            report = log.repair(LocalJournal.content());
        }
        print(report.damages(), report.kept(), !report.damages().isEmpty());
        return ExitStatus.OK;
    }

    private void print(List<LogDamage> damages, List<String> kept, boolean repaired) throws IOException {
        if (isJson()) {
            Json.line(out(), json -> {
                json.writeBooleanField("repaired", repaired);
                Json.damages(json, damages);
                Json.strings(json, "kept", kept);
            });
            return;
        }
        damages.forEach(damage -> out().println(damage.describe()));
        kept.forEach(name -> out().println("kept: " + name));
        out().println(conclusion(damages, repaired));
    }

    private static String conclusion(List<LogDamage> damages, boolean repaired) {
        if (damages.isEmpty()) {
            return "the log is whole; nothing was changed";
        }
        return repaired
                ? "the log has been repaired"
                : "nothing was changed; --accept-loss repairs the log and gives these records up";
    }
}
