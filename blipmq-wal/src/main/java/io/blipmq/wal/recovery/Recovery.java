package io.blipmq.wal.recovery;

import io.blipmq.wal.CheckpointHandler;
import io.blipmq.wal.RecordHandler;
import io.blipmq.wal.RecoveryReport;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.segment.Checkpoint;
import io.blipmq.wal.segment.CheckpointFile;
import io.blipmq.wal.segment.ClosedSegment;
import io.blipmq.wal.segment.Epoch;
import io.blipmq.wal.segment.ReadWindow;
import io.blipmq.wal.segment.SegmentHeader;
import io.blipmq.wal.segment.SegmentReader;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/**
 * Brings a log back after any kind of end, or refuses. Owned by the thread that opens the log.
 *
 * <p>D is the durable mark: the highest number that a header, a frame, the seal or the checkpoint says is on disk. Frames
 * become durable as a whole, so the records that share a frame with D are on disk with it. B is the first bytes of the
 * newest segment, behind its valid frames, that are not zeros and no valid frame with the number that comes next. "Written
 * in this boot": the machine has not rebooted since, so that all bytes given to the system are still there.
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
 * <tr><td>12</td><td>a segment of a newer format, or a record that only a newer release can read</td>
 * <td>refused, names the way out</td></tr>
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
 * <tr><td>21</td><td>a checkpoint of a newer format, or a state that only a newer release can read</td>
 * <td>refused, names the way out</td></tr>
 * <tr><td>22</td><td>a segment that the checkpoint lists is missing, has a bad header or is another one</td><td>damage</td>
 * </tr>
 * <tr><td>23</td><td>the segment at which replay begins is missing, or the log ends before the checkpoint's number</td>
 * <td>damage</td></tr>
 * <tr><td>24</td><td>a segment from before that one, or a compacted one, that is not listed: died between the rename of a
 * checkpoint and the deletion, or before the rename</td><td>deleted</td></tr>
 * <tr><td>25</td><td>the segment at which replay begins had nothing that counted, and an epoch began in its place</td>
 * <td>replay begins there</td></tr>
 * <tr><td>26</td><td>what {@code Repair} left: a frame or a whole segment that stands for lost records</td><td>passed; the
 * numbers go on behind it</td></tr>
 * <tr><td>27</td><td>a checkpoint that names ranges lost since its content was made</td><td>taken, and its handler gets the
 * ranges</td></tr>
 * </table>
 *
 * A start that is to salvage lets {@code Repair} look at the whole log first:
 *
 * <table>
 * <caption>Cases of a salvage</caption>
 * <tr><th></th><th>found</th><th>done</th></tr>
 * <tr><td>S1</td><td>6, 7, 9: bad bytes before valid frames</td><td>what stands behind them is kept, in its place; a frame
 * in the place of the bad bytes says which records are lost</td></tr>
 * <tr><td>S2</td><td>7, 8, 9: bad bytes, zeros or the file's end, and nothing valid behind</td><td>the same frame says so up
 * to the record that had to be there</td></tr>
 * <tr><td>S3</td><td>10, 23: a segment is missing</td><td>the one before it ends in such a frame; without one before it, a
 * segment is made that holds nothing else</td></tr>
 * <tr><td>S4</td><td>11, 22: a segment's header is bad</td><td>worked out, where the frames prove it (see {@code HeaderRestore}); else the file is set aside, and 10 or 22</td></tr>
 * <tr><td>S5</td><td>11: a segment's header says another name</td><td>renamed; set aside when the segment is there</td></tr>
 * <tr><td>S6</td><td>13: a segment of another journal</td><td>set aside</td></tr>
 * <tr><td>S7</td><td>20, and the log holds every record from the first on</td><td>the checkpoint is set aside, everything is
 * replayed</td></tr>
 * <tr><td>S8</td><td>20, or no checkpoint, and the log does not begin with the first record</td><td>what there is of the log
 * is replayed; compacted segments are set aside, all others kept as they are, too</td></tr>
 * <tr><td>S9</td><td>22: a segment that the checkpoint lists is missing</td><td>it is taken off the list, its range is named
 * there</td></tr>
 * <tr><td>S10</td><td>a segment that the checkpoint lists is damaged inside, which 19 does not look at</td><td>as S1, S2;
 * the range is named in the checkpoint</td></tr>
 * <tr><td>S11</td><td>an index is damaged where 18 does not look</td><td>deleted, and 18</td></tr>
 * <tr><td>S12</td><td>12, 21: a newer format</td><td>refused, names the way out</td></tr>
 * <tr><td>S13</td><td>a salvage that died</td><td>done again, with what is left to do</td></tr>
 * </table>
 *
 * Damage is thrown before anything is changed. The order of what is done otherwise makes a start that dies at any point
 * repeatable: read everything that counts, set the torn tail aside, let the new epoch exist, clean up.
 */
public final class Recovery {
    private final Storage storage;
    private final WalOptions options;
    private final CheckpointHandler restore;
    private final RecordHandler replay;
    private final UUID boot;
    private final ReadWindow window;
    private final Cleanup cleanup;

    /** Null without one. */
    private Checkpoint checkpoint;

    private long checkpointed;
    private SegmentChain chain;
    private Replay replayed;

    /** A log that can be appended to. */
    public record Recovered(
            RecoveryReport report,
            EpochStart.Started current,
            List<ClosedSegment> closed,
            List<String> prepared,
            long checkpointed,
            int nextCompacted,
            long replayedBytes) {}

    public Recovery(Storage storage, WalOptions options, CheckpointHandler restore, RecordHandler replay) {
        this.storage = storage;
        this.options = options;
        this.restore = restore;
        this.replay = replay;
        this.boot = SegmentHeader.bootId(storage.bootId());
        this.window = new ReadWindow(options.limits().windowBytes());
        this.cleanup = new Cleanup(storage, options);
    }

    public Recovered run() throws IOException {
        long start = options.nanoClock().getAsLong();
        List<String> names = storage.list();
        loadCheckpoint(names);
        chain = SegmentChain.load(storage, names, checkpoint);
        if (chain.isEmpty()) {
            requireNothingBefore(names);
            return startNew(names, start);
        }
        TailSurvey survey = survey();
        if (checkpoint != null) {
            restore.onCheckpoint(checkpointed, checkpoint.content());
            checkpoint.lost().forEach(range -> restore.onLost(range.first(), range.last()));
        }
        replayed = new Replay(storage, chain, checkpoint, replay, window);
        try (SegmentReader newest = replayed.older(survey.staysThrough())) {
            cleanup.requireIndexable(chain.listed());
            return startNext(names, newest, survey, nextEpoch(survey, newest.last()), start);
        }
    }

    private void loadCheckpoint(List<String> names) throws IOException {
        if (names.contains(SegmentNames.CHECKPOINT)) {
            checkpoint = CheckpointFile.load(storage, options.content());
            checkpointed = checkpoint.sequence();
        }
    }

    private void requireNothingBefore(List<String> names) throws WalCorruptionException {
        if (checkpoint != null) {
            throw new WalCorruptionException(
                    SegmentNames.CHECKPOINT,
                    0,
                    checkpoint.replayFirst(),
                    WalCorruptionException.UNKNOWN,
                    "the segments that follow the checkpoint are missing");
        }
        for (String name : names) {
            if (SegmentNames.isCompacted(name)) {
                throw new WalCorruptionException(
                        name, 0, "the checkpoint and all segments that were not compacted are missing");
            }
        }
    }

    private Recovered startNew(List<String> names, long start) throws IOException {
        SegmentHeader header =
                new SegmentHeader(options.journalIds().get(), boot, Epoch.withoutSurvivors(1, 0, 1), 1, 1, 0);
        List<String> prepared = cleanup.sweep(names);
        EpochStart.Started current = new EpochStart(storage, options, header).create(null, 0, prepared);
        RecoveryReport report = new RecoveryReport(
                0, 0, 1, true, true, 0, 0, "", 0, 1, options.nanoClock().getAsLong() - start);
        return new Recovered(report, current, List.of(), prepared, 0, SegmentHeader.COMPACTED_ORDINALS, 0);
    }

    private TailSurvey survey() throws IOException {
        try (SegmentReader reader = SegmentReader.open(storage, chain.newest(), window)) {
            TailSurvey survey = TailSurvey.of(reader, checkpointed, this::requireKnown);
            if (survey.last() < survey.durable()) {
                throw reader.damage(
                        survey.durable(),
                        survey.isTorn()
                                ? "records that were on disk are damaged"
                                : "records that were on disk are missing");
            }
            if (survey.validBehindBad() && reader.header().writtenInBoot(boot)) {
                throw reader.damage(
                        survey.highestSeen(), "damaged bytes between valid ones, which no crash of the daemon leaves");
            }
            return survey;
        }
    }

    /** Survivors are replayed when the new epoch exists; that a newer release wrote them has to be known before. */
    private void requireKnown(long sequence, int type, ByteBuffer buffer, int offset, int length, long position) {
        options.content().requireKnown(type, buffer, offset, length);
    }

    /** @param cut the last record that stays where it is */
    private Epoch nextEpoch(TailSurvey survey, long cut) {
        Epoch newest = chain.newest().epoch();
        int number = newest.number() + 1;
        if (survey.sealed()) {
            return Epoch.withoutSurvivors(number, cut, newest.next(cut));
        }
        long resume = survey.highestSeen() + Epoch.UNCLEAN_GAP;
        return survey.last() > cut
                ? new Epoch(number, cut, newest.next(cut), survey.last(), resume)
                : Epoch.withoutSurvivors(number, cut, resume);
    }

    private Recovered startNext(List<String> names, SegmentReader newest, TailSurvey survey, Epoch epoch, long start)
            throws IOException {
        List<String> prepared = cleanup.sweep(names);
        String tornFile = survey.isTorn() ? TornTail.setAside(storage, newest, survey, options.limits()) : "";
        SegmentHeader header = new SegmentHeader(
                newest.header().journalId(), boot, epoch, chain.highestOrdinal() + 1, epoch.next(epoch.cut()), 0);
        EpochStart.Started current = new EpochStart(storage, options, header)
                .create(epoch.hasSurvivors() ? newest : null, survey.validEnd(), prepared);
        long rewritten = replayed.rewritten(current.header());
        boolean evidence = survey.isTorn() && tornFile.isEmpty();
        if (!evidence) {
            newest.file().truncate(newest.offset());
        }
        cleanup.deleteSuperseded(names, chain, epoch.cut(), evidence ? chain.newest() : null);
        cleanup.index(replayed.closed());
        RecoveryReport report = new RecoveryReport(
                replayed.records(),
                replayed.closed().size() + (rewritten > 0 ? 1 : 0),
                epoch.number(),
                false,
                survey.sealed(),
                rewritten,
                survey.tornEnd() - survey.validEnd(),
                tornFile,
                epoch.survived(),
                epoch.resume(),
                options.nanoClock().getAsLong() - start);
        int nextCompacted = checkpoint == null ? SegmentHeader.COMPACTED_ORDINALS : checkpoint.nextCompacted();
        return new Recovered(
                report, current, replayed.closed(), prepared, checkpointed, nextCompacted, replayed.bytes());
    }
}
