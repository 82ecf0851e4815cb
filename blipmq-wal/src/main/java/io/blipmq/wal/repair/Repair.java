package io.blipmq.wal.repair;

import io.blipmq.wal.DiskFullException;
import io.blipmq.wal.LogContent;
import io.blipmq.wal.LogDamage;
import io.blipmq.wal.RepairReport;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.segment.Checkpoint;
import io.blipmq.wal.segment.CheckpointFile;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Makes a damaged log one that a strict start takes, for a salvage and for {@code blipmqd wal repair} alike. Owned by the
 * thread that opens the log; used once.
 *
 * <p>Everything whole is kept, and every file that is changed is kept as it was, too. The order makes a repair that dies at
 * any point repeatable: nothing is given up before it is kept, the checkpoint says what is lost before the log does, and
 * every file is complete and forced before it gets its name.
 */
public final class Repair {
    /** The first round may bring to light what damage had hidden; each round leaves less. */
    private static final int ROUNDS_MAX = 4;

    private final Storage storage;
    private final WalLimits limits;
    private final LogContent known;
    private final List<String> kept = new ArrayList<>();

    private Repair(Storage storage, WalLimits limits, LogContent known) {
        this.storage = storage;
        this.limits = limits;
        this.known = known;
    }

    /**
     * Looks at the whole log, and repairs what is damaged.
     *
     * @return what was lost and kept; nothing for a log that is whole
     * @throws WalCorruptionException when a newer release wrote it, or what is not {@code known} in it, or nothing can be
     *     done
     */
    public static RepairReport run(Storage storage, WalLimits limits, LogContent known) throws IOException {
        try {
            return new Repair(storage, limits, known).untilWhole();
        } catch (DiskFullException e) {
            deleteUnfinished(storage);
            throw new DiskFullException(
                    "the disk has no room to repair the log in " + storage.describe() + ": make room, about as much as"
                            + " the damaged files take, and try again",
                    e);
        }
    }

    private static void deleteUnfinished(Storage storage) throws IOException {
        for (String name : storage.list()) {
            if (SegmentNames.isTemporary(name)) {
                storage.delete(name);
            }
        }
    }

    private RepairReport untilWhole() throws IOException {
        List<LogDamage> damages = new ArrayList<>();
        for (int round = 0; round < ROUNDS_MAX; round++) {
            LogSurvey survey = LogSurvey.of(storage, limits, known);
            if (survey.plan().isEmpty()) {
                return new RepairReport(damages, kept);
            }
            damages.addAll(survey.report().damages());
            execute(survey);
        }
        LogDamage last = damages.get(damages.size() - 1);
        throw new WalCorruptionException(
                last.file(), last.offset(), last.firstSequence(), last.lastSequence(), last.what());
    }

    private void execute(LogSurvey survey) throws IOException {
        RepairPlan plan = survey.plan();
        if (plan.keepAll) {
            for (String name : storage.list()) {
                if (SegmentNames.isSegment(name) && !plan.setAside.contains(name)) {
                    keep(name);
                }
            }
        }
        for (String name : plan.setAside) {
            storage.rename(name, aside(name));
        }
        for (String name : plan.renames.keySet()) {
            storage.rename(name, plan.renames.get(name));
        }
        storage.syncDirectory();
        writeCheckpoint(plan.checkpoint);
        for (RepairPlan.Mend mend : plan.mends) {
            mend(mend, plan.keepAll);
        }
        for (RepairPlan.Placeholder placeholder : plan.placeholders) {
            storage.rename(
                    new SegmentMend(storage, limits).write(placeholder),
                    placeholder.header().name());
        }
        for (String index : plan.badIndexes) {
            storage.delete(index);
        }
        storage.syncDirectory();
    }

    private void writeCheckpoint(Checkpoint checkpoint) throws IOException {
        if (checkpoint == null) {
            return;
        }
        keep(SegmentNames.CHECKPOINT);
        CheckpointFile file = CheckpointFile.begin(storage, checkpoint, limits);
        while (!file.step()) {
            // on to the next piece
        }
        file.publish();
    }

    private void mend(RepairPlan.Mend mend, boolean isKept) throws IOException {
        String name = mend.header().name();
        String temporary = new SegmentMend(storage, limits).write(mend);
        if (!isKept) {
            keep(name);
        }
        storage.delete(SegmentNames.index(name));
        storage.rename(temporary, name);
        storage.syncDirectory();
    }

    private void keep(String name) throws IOException {
        storage.keep(name, aside(name));
    }

    private String aside(String name) throws IOException {
        Collection<String> taken = storage.list();
        String aside = SegmentNames.aside(name, taken);
        kept.add(aside);
        return aside;
    }
}
