package io.blipmq.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Brings a log back after any kind of end, or refuses. Owned by the thread that opens the log.
 *
 * <p>D is the durable mark: the highest number that a header, a frame or the seal says is on disk. B is the first bytes of
 * the newest segment, behind its valid frames, that are not zeros and no valid frame with the number that comes next.
 * "Written in this boot": the machine has not rebooted since, so that all bytes given to the system are still there.
 *
 * <table>
 * <caption>Cases</caption>
 * <tr><th></th><th>found</th><th>done</th></tr>
 * <tr><td>1</td><td>no segment</td><td>a new journal, epoch 1</td></tr>
 * <tr><td>2</td><td>the log ends in a seal</td><td>numbering goes on with the next number</td></tr>
 * <tr><td>3</td><td>no seal, only zeros behind the last frame</td><td>the process died: survivors above D are rewritten,
 * numbering goes on after a gap of 2^32; so it does in cases 4 and 5</td></tr>
 * <tr><td>4</td><td>B above D, no valid frame behind it</td><td>a torn tail: its bytes are set aside and reported</td></tr>
 * <tr><td>5</td><td>B above D, a valid frame behind it, not written in this boot</td><td>power was lost and the disk had
 * written out of order: as 4</td></tr>
 * <tr><td>6</td><td>B above D, a valid frame behind it, written in this boot</td><td>damage</td></tr>
 * <tr><td>7</td><td>B at or below D</td><td>damage</td></tr>
 * <tr><td>8</td><td>zeros or the file's end before D is reached</td><td>damage</td></tr>
 * <tr><td>9</td><td>a bad frame or an early end in an older segment</td><td>damage</td></tr>
 * <tr><td>10</td><td>a segment is missing</td><td>damage</td></tr>
 * <tr><td>11</td><td>a segment's header is bad, or says another name</td><td>damage</td></tr>
 * <tr><td>12</td><td>a segment of a newer format</td><td>refused, names the way out</td></tr>
 * <tr><td>13</td><td>a segment of another journal</td><td>damage</td></tr>
 * <tr><td>14</td><td>the newest segment has no frame: died right after it began</td><td>as 3</td></tr>
 * <tr><td>15</td><td>parts of older epochs above the cut: an earlier start died while cleaning up</td><td>ignored and
 * deleted</td></tr>
 * <tr><td>16</td><td>temporary files: died while making a file</td><td>deleted</td></tr>
 * <tr><td>17</td><td>prepared files</td><td>used when whole, else deleted</td></tr>
 * <tr><td>18</td><td>an index file is missing or bad</td><td>made again</td></tr>
 * <tr><td>19</td><td>a checkpoint</td><td>taken; what it lists is complete and not read but for the headers, what comes
 * before its number is not replayed, D is at least its number</td></tr>
 * <tr><td>20</td><td>the checkpoint is bad</td><td>damage: it was read back before it got its name</td></tr>
 * <tr><td>21</td><td>a checkpoint of a newer format</td><td>refused, names the way out</td></tr>
 * <tr><td>22</td><td>a segment that the checkpoint lists is missing, has a bad header or is another one</td><td>damage</td>
 * </tr>
 * <tr><td>23</td><td>the segment at which replay begins is missing, or the log ends before the checkpoint's number</td>
 * <td>damage</td></tr>
 * <tr><td>24</td><td>a segment from before that one, or a compacted one, that is not listed: died between the rename of a
 * checkpoint and the deletion, or before the rename</td><td>deleted</td></tr>
 * <tr><td>25</td><td>the segment at which replay begins had nothing that counted, and an epoch began in its place</td>
 * <td>replay begins there</td></tr>
 * </table>
 *
 * Damage is thrown before anything is changed. The order of what is done otherwise makes a start that dies at any point
 * repeatable: read everything that counts, set the torn tail aside, let the new epoch exist, clean up.
 */
final class Recovery {
    private final Storage storage;
    private final WalOptions options;
    private final CheckpointHandler restore;
    private final RecordHandler replay;
    private final UUID boot;
    private final ReadWindow window = new ReadWindow();

    /** Null without one. */
    private Checkpoint checkpoint;

    private long checkpointed;
    private SegmentChain chain;
    private final List<ClosedSegment> closed = new ArrayList<>();
    private long records;
    private long replayedBytes;
    /** Whether the segment replayed last goes on with bytes that are no frame. */
    private boolean moreBehind;

    /** A log that can be appended to. */
    record Recovered(
            RecoveryReport report,
            EpochStart.Started current,
            List<ClosedSegment> closed,
            List<String> prepared,
            long checkpointed,
            int nextCompacted,
            long replayedBytes) {}

    Recovery(Storage storage, WalOptions options, CheckpointHandler restore, RecordHandler replay) {
        this.storage = storage;
        this.options = options;
        this.restore = restore;
        this.replay = replay;
        this.boot = SegmentHeader.bootId(storage.bootId());
    }

    Recovered run() throws IOException {
        long start = options.nanoClock().getAsLong();
        List<String> names = storage.list();
        loadCheckpoint(names);
        chain = SegmentChain.load(storage, names, checkpoint);
        if (chain.isEmpty()) {
            requireNothingBefore();
            return startNew(names, start);
        }
        TailSurvey survey = survey();
        Epoch epoch = nextEpoch(survey);
        if (checkpoint != null) {
            restore.onCheckpoint(checkpointed, checkpoint.content());
        }
        closed.addAll(chain.listed());
        try (SegmentReader newest = replayOlder(epoch.cut())) {
            return startNext(names, newest, survey, epoch, start);
        }
    }

    private void loadCheckpoint(List<String> names) throws IOException {
        if (names.contains(SegmentNames.CHECKPOINT)) {
            checkpoint = CheckpointFile.load(storage);
            checkpointed = checkpoint.sequence();
        }
    }

    private void requireNothingBefore() throws WalCorruptionException {
        if (checkpoint != null) {
            throw new WalCorruptionException(
                    SegmentNames.CHECKPOINT,
                    0,
                    checkpointed + 1,
                    WalCorruptionException.UNKNOWN,
                    "the segments that follow the checkpoint are missing");
        }
    }

    private Recovered startNew(List<String> names, long start) throws IOException {
        SegmentHeader header =
                new SegmentHeader(options.journalIds().get(), boot, Epoch.withoutSurvivors(1, 0, 1), 1, 1, 0);
        List<String> prepared = sweep(names);
        EpochStart.Started current = new EpochStart(storage, options, header).create(null, 0, prepared);
        RecoveryReport report = new RecoveryReport(
                0, 0, 1, true, true, 0, 0, "", 0, 1, options.nanoClock().getAsLong() - start);
        return recovered(report, current, prepared);
    }

    private Recovered recovered(RecoveryReport report, EpochStart.Started current, List<String> prepared) {
        int nextCompacted = checkpoint == null ? SegmentHeader.COMPACTED_ORDINALS : checkpoint.nextCompacted();
        return new Recovered(report, current, closed, prepared, checkpointed, nextCompacted, replayedBytes);
    }

    private TailSurvey survey() throws IOException {
        try (SegmentReader reader = SegmentReader.open(storage, chain.newest(), window)) {
            TailSurvey survey = TailSurvey.of(reader, checkpointed);
            if (survey.last() < survey.durable()) {
                throw reader.damage(
                        reader.expected(),
                        survey.durable(),
                        survey.isTorn()
                                ? "records that were on disk are damaged"
                                : "records that were on disk are missing");
            }
            if (survey.validBehindBad() && reader.header().writtenInBoot(boot)) {
                throw reader.damage(
                        reader.expected(),
                        survey.highestSeen(),
                        "damaged bytes between valid ones, which no crash of the daemon leaves");
            }
            return survey;
        }
    }

    private Epoch nextEpoch(TailSurvey survey) {
        Epoch newest = chain.newest().epoch();
        int number = newest.number() + 1;
        if (survey.sealed()) {
            return Epoch.withoutSurvivors(number, survey.last(), newest.next(survey.last()));
        }
        long cut = survey.durable();
        long resume = survey.highestSeen() + Epoch.UNCLEAN_GAP;
        return survey.last() > cut
                ? new Epoch(number, cut, newest.next(cut), survey.last(), resume)
                : Epoch.withoutSurvivors(number, cut, resume);
    }

    /**
     * Replays what is not going to be rewritten.
     *
     * @return the newest segment's reader, behind the record {@code cut}
     */
    private SegmentReader replayOlder(long cut) throws IOException {
        SegmentReader previous = null;
        for (SegmentHeader segment : chain.segments()) {
            boolean newest = segment == chain.newest();
            if (!newest && chain.isSuperseded(segment, cut)) {
                continue;
            }
            requireNoneMissing(previous, segment);
            SegmentReader reader = SegmentReader.open(storage, segment, window);
            boolean read = false;
            try {
                reader.replay(chain.limitOf(segment, cut), this::onRecord);
                moreBehind = reader.word(reader.offset()) != 0;
                read = true;
            } finally {
                if (!read || !newest) {
                    reader.close();
                }
            }
            if (!chain.isSuperseded(segment, cut)) {
                closed.add(new ClosedSegment(segment, reader.last()));
            }
            previous = reader;
        }
        return previous;
    }

    private void onRecord(long sequence, int type, ByteBuffer buffer, int offset, int length, long position) {
        if (sequence > checkpointed) {
            records++;
            replayedBytes += FrameLayout.recordBytes(length);
            replay.onRecord(sequence, type, buffer, offset, length, position);
        }
    }

    private void requireNoneMissing(SegmentReader previous, SegmentHeader segment) throws WalCorruptionException {
        if (previous == null && checkpoint != null) {
            requireFollowsCheckpoint(segment);
            return;
        }
        Epoch epoch = segment.epoch();
        boolean sameEpoch = previous != null && previous.header().epoch().equals(epoch);
        long last = previous == null ? 0 : previous.last();
        long expected = previous == null ? 1 : previous.expected();
        boolean follows =
                sameEpoch ? segment.first() == expected : last == epoch.cut() && segment.first() == epoch.begin();
        if (follows) {
            return;
        }
        long lastMissing = sameEpoch ? segment.first() - 1 : epoch.cut();
        if (previous == null) {
            throw new WalCorruptionException(
                    segment.name(), 0, expected, lastMissing, "segments before this one are missing");
        }
        throw previous.damage(
                expected,
                lastMissing,
                moreBehind
                        ? "records that were on disk are damaged"
                        : "records that were on disk, or segments, are missing");
    }

    /** The segment at which replay begins, or, when nothing in that one counted, what the next epoch made of it. */
    private void requireFollowsCheckpoint(SegmentHeader segment) throws WalCorruptionException {
        Epoch epoch = segment.epoch();
        boolean named = epoch.number() == checkpoint.replayEpoch() && segment.first() == checkpoint.replayFirst();
        boolean follows = epoch.cut() == checkpoint.replayAfter() && segment.first() == epoch.begin();
        if (!named && !follows) {
            throw new WalCorruptionException(
                    segment.name(),
                    0,
                    checkpoint.replayFirst(),
                    segment.first() - 1,
                    "segments between the checkpoint and this one are missing");
        }
    }

    private Recovered startNext(List<String> names, SegmentReader newest, TailSurvey survey, Epoch epoch, long start)
            throws IOException {
        List<String> prepared = sweep(names);
        String tornFile = survey.isTorn() ? TornTail.setAside(storage, newest, survey, options.tornBytesMax()) : "";
        SegmentHeader header = new SegmentHeader(
                newest.header().journalId(), boot, epoch, chain.highestOrdinal() + 1, epoch.next(epoch.cut()), 0);
        EpochStart.Started current = new EpochStart(storage, options, header)
                .create(epoch.hasSurvivors() ? newest : null, survey.validEnd(), prepared);
        long rewritten = replayRewritten(current.header());
        boolean evidence = survey.isTorn() && tornFile.isEmpty();
        if (!evidence) {
            newest.file().truncate(newest.offset());
        }
        deleteSuperseded(names, epoch.cut(), evidence ? chain.newest() : null);
        index();
        RecoveryReport report = new RecoveryReport(
                records,
                closed.size() + (rewritten > 0 ? 1 : 0),
                epoch.number(),
                false,
                survey.sealed(),
                rewritten,
                survey.tornEnd() - survey.validEnd(),
                tornFile,
                epoch.survived(),
                epoch.resume(),
                options.nanoClock().getAsLong() - start);
        return recovered(report, current, prepared);
    }

    private long replayRewritten(SegmentHeader header) throws IOException {
        try (SegmentReader reader = SegmentReader.open(storage, header, window)) {
            reader.replay(header.epoch().survived(), this::onRecord);
            if (reader.last() < header.epoch().survived()) {
                throw reader.damage(reader.expected(), header.epoch().survived(), "records cannot be read back");
            }
            return reader.records();
        }
    }

    /**
     * Deletes what nothing refers to; only now, when the new epoch exists.
     *
     * @param evidence stays for this time, because there was no room to set its torn tail aside; or null
     */
    private void deleteSuperseded(List<String> names, long cut, SegmentHeader evidence) throws IOException {
        for (String name : chain.dropped()) {
            storage.delete(name);
        }
        Set<String> kept = new HashSet<>();
        chain.listed().forEach(segment -> kept.add(SegmentNames.index(segment.name())));
        for (SegmentHeader segment : chain.segments()) {
            if (chain.isSuperseded(segment, cut) && segment != evidence) {
                storage.delete(segment.name());
            } else {
                kept.add(SegmentNames.index(segment.name()));
            }
        }
        for (String name : names) {
            if (SegmentNames.isIndex(name) && !kept.contains(name)) {
                storage.delete(name);
            }
        }
    }

    /** Makes the indexes that are missing: of the last run's segments at most, unless files were damaged or removed. */
    private void index() throws IOException {
        SegmentIndexer indexer = new SegmentIndexer(storage, options.recordKey(), new IndexBlocks(1));
        Set<String> present = Set.copyOf(storage.list());
        for (ClosedSegment segment : closed) {
            if (!present.contains(SegmentNames.index(segment.name())) || !indexer.isIndexed(segment)) {
                index(indexer, segment);
            }
        }
    }

    /** On a full disk the ballast gives the room. */
    private void index(SegmentIndexer indexer, ClosedSegment segment) throws IOException {
        try {
            indexer.index(segment);
        } catch (DiskFullException e) {
            storage.delete(SegmentNames.BALLAST);
            try {
                indexer.index(segment);
            } catch (DiskFullException again) {
                throw new DiskFullException(
                        "the disk has no room for the index of a log segment in " + storage.describe()
                                + ": make room and start again",
                        again);
            }
        }
    }

    /**
     * Deletes unfinished files.
     *
     * @return the prepared files that are whole
     */
    private List<String> sweep(List<String> names) throws IOException {
        List<String> prepared = new ArrayList<>();
        for (String name : names) {
            if (SegmentNames.isTemporary(name)) {
                storage.delete(name);
            } else if (SegmentNames.isPrepared(name)) {
                if (size(name) == options.segmentBytes()) {
                    prepared.add(name);
                } else {
                    storage.delete(name);
                }
            }
        }
        prepared.sort(null);
        return prepared;
    }

    private long size(String name) throws IOException {
        try (StorageFile file = storage.open(name)) {
            return file.size();
        }
    }
}
