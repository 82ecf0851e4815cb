package io.blipmq.wal;

import java.util.List;

/**
 * What a salvage or a repair found and did. Immutable.
 *
 * @param damages what was damaged, and which records are lost with it; empty for a log that was whole
 * @param kept the files, in the log's directory, that hold what was there before
 */
public record RepairReport(List<LogDamage> damages, List<String> kept) {
    /** Nothing was looked for. */
    public static final RepairReport NONE = new RepairReport(List.of(), List.of());

    public RepairReport {
        damages = List.copyOf(damages);
        kept = List.copyOf(kept);
    }

    /** How many ranges of records are lost. */
    public long lostRanges() {
        return damages.stream().filter(LogDamage::losesRecords).count();
    }
}
