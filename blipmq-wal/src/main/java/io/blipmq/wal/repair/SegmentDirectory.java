package io.blipmq.wal.repair;

import io.blipmq.wal.LogDamage;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.segment.Checkpoint;
import io.blipmq.wal.segment.ReadWindow;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentLayout;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import io.blipmq.wal.storage.StorageFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Finds the segments of a directory whatever state their names and headers are in. Owned by the thread that made it; used
 * once.
 */
final class SegmentDirectory {
    private final Storage storage;
    private final List<String> names;
    private final Checkpoint checkpoint;
    private final RepairPlan plan;
    private final List<LogDamage> damages;
    private final ReadWindow window;
    private final List<FoundSegment> found = new ArrayList<>();
    private final List<WalCorruptionException> unreadable = new ArrayList<>();
    private UUID journalId;

    /** @param checkpoint or null */
    SegmentDirectory(
            Storage storage,
            List<String> names,
            Checkpoint checkpoint,
            RepairPlan plan,
            List<LogDamage> damages,
            ReadWindow window) {
        this.storage = storage;
        this.names = names;
        this.checkpoint = checkpoint;
        this.plan = plan;
        this.damages = damages;
        this.window = window;
    }

    /** @return every segment of this log that can be used, none twice */
    List<FoundSegment> read() throws IOException {
        for (String name : names) {
            if (SegmentNames.isSegment(name) || SegmentNames.isCompacted(name) && mayCount(name)) {
                readHeader(name);
            }
        }
        journalId = checkpoint == null ? commonJournal() : checkpoint.journalId();
        setForeignAside();
        nameRight();
        for (WalCorruptionException damage : unreadable) {
            restore(damage);
        }
        return found;
    }

    /** With a checkpoint, a compacted segment that it does not list never counted. */
    private boolean mayCount(String compacted) {
        return checkpoint == null
                || checkpoint.segments().stream()
                        .anyMatch(segment -> segment.name().equals(compacted));
    }

    /** Null when there is no segment. */
    UUID journalId() {
        return journalId;
    }

    private void readHeader(String name) throws IOException {
        try (StorageFile file = storage.open(name)) {
            found.add(new FoundSegment(name, SegmentLayout.readUnnamed(name, file), false));
        } catch (WalCorruptionException e) {
            if (!e.isRepairable()) {
                throw e;
            }
            unreadable.add(e);
        }
    }

    /** That of most segments. */
    private UUID commonJournal() {
        Map<UUID, Integer> counts = new HashMap<>();
        UUID most = null;
        for (FoundSegment segment : found) {
            UUID id = segment.header().journalId();
            counts.merge(id, 1, Integer::sum);
            most = most == null || counts.get(id) > counts.get(most) ? id : most;
        }
        return most;
    }

    private void setForeignAside() {
        for (FoundSegment segment : List.copyOf(found)) {
            if (!segment.header().journalId().equals(journalId)) {
                found.remove(segment);
                setAside(segment.file(), "the file belongs to another log", LogDamage.NONE, LogDamage.NONE);
            }
        }
    }

    private void setAside(String file, String what, long firstLost, long lastLost) {
        plan.setAside.add(file);
        damages.add(new LogDamage(file, 0, firstLost, lastLost, what));
    }

    private void nameRight() {
        Set<String> taken = new HashSet<>();
        found.stream().filter(segment -> !segment.isRenamed()).forEach(segment -> taken.add(segment.file()));
        for (FoundSegment segment : List.copyOf(found)) {
            String right = segment.header().name();
            if (!segment.isRenamed()) {
                continue;
            }
            if (taken.add(right)) {
                if (names.contains(right)) {
                    unreadable.removeIf(damage -> damage.file().equals(right));
                    setAside(right, "its header is damaged, and the segment is there", LogDamage.NONE, LogDamage.NONE);
                }
                plan.renames.put(segment.file(), right);
                String what = "the file has been renamed: its header says " + right;
                damages.add(new LogDamage(segment.file(), 0, LogDamage.NONE, LogDamage.NONE, what));
            } else {
                found.remove(segment);
                setAside(segment.file(), "a second copy of " + right, LogDamage.NONE, LogDamage.NONE);
            }
        }
    }

    private void restore(WalCorruptionException damage) throws IOException {
        String name = damage.file();
        SegmentHeader header = new HeaderRestore(storage, found, checkpoint, journalId, window).restore(name);
        if (header == null) {
            setAside(name, damage.what() + ", and nothing whole in the file", LogDamage.UNKNOWN, LogDamage.UNKNOWN);
        } else {
            journalId = header.journalId();
            found.add(new FoundSegment(name, header, true));
            String what = damage.what() + ", and can be worked out";
            damages.add(new LogDamage(name, 0, LogDamage.NONE, LogDamage.NONE, what));
        }
    }
}
