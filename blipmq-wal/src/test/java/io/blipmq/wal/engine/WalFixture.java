package io.blipmq.wal.engine;

import io.blipmq.wal.Capacity;
import io.blipmq.wal.CheckpointHandler;
import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.KeyIndex;
import io.blipmq.wal.KeyMatcher;
import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.LiveRecordsOfKey;
import io.blipmq.wal.RecordHandler;
import io.blipmq.wal.RecordKey;
import io.blipmq.wal.Wal;
import io.blipmq.wal.WalAppender;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.segment.SequenceRange;
import io.blipmq.wal.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A log on a storage, stepped by hand with a clock of its own. A test's helper; owned by its one thread.
 *
 * <p>Records are numbered texts; what the log replays or drains is kept in {@link #replayed} and {@link #drained}.
 */
public final class WalFixture {
    /** One record as it came back. */
    public record Seen(long sequence, int type, String text, long position) {}

    private static final int SEGMENT_BYTES = 16 * 1024;

    private final Storage storage;
    private WalOptions options;
    private long nowNanos = 1;

    private Wal wal;
    private List<Seen> replayed = new ArrayList<>();
    private List<Seen> drained = new ArrayList<>();
    private String restored;
    private long restoredSequence;
    /** The last record that was recovered or drained. */
    private long appliedSequence;

    private final List<SequenceRange> lost = new ArrayList<>();

    public WalFixture(Storage storage, WalOptions options) {
        this.storage = storage;
        this.options = options.withNanoClock(() -> nowNanos);
    }

    /** Limits of some KiB, so that a short test rolls segments. */
    public static WalOptions smallOptions() {
        return WalOptions.defaults()
                .withSegments(SEGMENT_BYTES, SEGMENT_BYTES, 2048, 1024)
                .withMemory(4096, 64 * 1024, 16 * 1024)
                .withLockWaitNanos(0);
    }

    /** Small limits, and records are listed under their first character; not those that begin with a dash. */
    public static WalOptions keyedOptions() {
        return smallOptions()
                .withRecordKey((type, buffer, offset, length) ->
                        length == 0 || buffer.get(offset) == '-' ? RecordKey.NONE : RecordKey.at(offset, 1));
    }

    /** What a checkpoint is told when, of records of every key, those that {@code live} names are still needed. */
    public static LiveRecords live(LiveRecordsOfKey live) {
        return new LiveRecords() {
            @Override
            public long firstLive() {
                return 1;
            }

            @Override
            public LiveRecordsOfKey of(byte[] key) {
                return live;
            }
        };
    }

    public WalFixture with(UnaryOperator<WalOptions> change) {
        options = change.apply(options);
        return this;
    }

    public WalFixture with(ForcePolicy policy) {
        options = options.withForcePolicy(policy);
        return this;
    }

    public WalFixture open() throws IOException {
        replayed = new ArrayList<>();
        drained = new ArrayList<>();
        restored = null;
        restoredSequence = 0;
        lost.clear();
        wal = WalEngine.open(storage, options, new Restore(), into(replayed));
        appliedSequence = wal.appender().lastSequence();
        return this;
    }

    private final class Restore implements CheckpointHandler {
        @Override
        public void onCheckpoint(long sequence, ByteBuffer content) {
            restoredSequence = sequence;
            restored = StandardCharsets.UTF_8.decode(content).toString();
        }

        @Override
        public void onLost(long firstSequence, long lastSequence) {
            lost.add(new SequenceRange(firstSequence, lastSequence));
        }
    }

    /** The ranges that the last start's checkpoint says are lost. */
    public List<SequenceRange> lost() {
        return lost;
    }

    /** Begins a checkpoint of everything that is stored; {@link #finishCheckpoint} ends it. */
    public WalFixture beginCheckpoint(String content, LiveRecords liveness) {
        return beginCheckpoint(wal.appender().storedSequence(), content, liveness);
    }

    /** As {@link #beginCheckpoint(String, LiveRecords)}, of what is stored up to a number. */
    public WalFixture beginCheckpoint(long sequence, String content, LiveRecords liveness) {
        wal.checkpoint(sequence, ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)), liveness);
        return this;
    }

    /** Lets the threads take turns until no checkpoint is being written. */
    public WalFixture finishCheckpoint() {
        while (wal.isCheckpointing()) {
            wal.agent().doWork(nowNanos);
            wal.background().doWork(nowNanos);
            drain();
            nowNanos++;
        }
        return this;
    }

    public WalFixture checkpoint(String content, LiveRecords liveness) {
        return beginCheckpoint(content, liveness).finishCheckpoint();
    }

    /** Lets the background thread do all that it can. */
    public WalFixture settle() {
        while (wal.background().doWork(nowNanos) > 0) {
            nowNanos++;
        }
        return this;
    }

    /** What {@link KeyIndex#find} tells, as {@link Seen} with the texts read back. */
    public List<Seen> find(String key, long from, long through, int limit) {
        long[] sequences = new long[limit];
        long[] positions = new long[limit];
        int[] lengths = new int[limit];
        int found =
                wal.keyIndex().find(key.getBytes(StandardCharsets.UTF_8), from, through, sequences, positions, lengths);
        List<Seen> list = new ArrayList<>();
        for (int index = 0; index < found; index++) {
            list.add(new Seen(sequences[index], 1, read(positions[index], lengths[index]), positions[index]));
        }
        return list;
    }

    /** What searches with a matcher find, one after the other until all that is indexed up to a number is searched. */
    public List<Seen> find(KeyMatcher matcher, long from, long through, int limit) {
        List<Seen> list = new ArrayList<>();
        long end = Math.min(through, wal.keyIndex().indexedThrough());
        for (long next = from; next <= end; next = searchOnce(matcher, next, through, limit, list)) {}
        return list;
    }

    /** One search with a matcher. @return where the next one has to begin */
    public long searchOnce(KeyMatcher matcher, long from, long through, int limit, List<Seen> found) {
        long[] sequences = new long[limit];
        long[] positions = new long[limit];
        int[] lengths = new int[limit];
        int count = wal.keyIndex().find(matcher, from, through, sequences, positions, lengths);
        for (int index = 0; index < count; index++) {
            found.add(new Seen(sequences[index], 1, read(positions[index], lengths[index]), positions[index]));
        }
        long searched = wal.keyIndex().searchedThrough();
        if (searched < from || count > 0 && searched < sequences[count - 1]) {
            throw new AssertionError("a search from " + from + " went through " + searched);
        }
        return searched + 1;
    }

    /** A record's text at its position, or null when it does not stand there. */
    public String read(long position, int length) {
        ByteBuffer target = ByteBuffer.allocate(length);
        boolean found = wal.appender().read(position, length, target);
        return found ? new String(target.array(), StandardCharsets.UTF_8) : null;
    }

    /** The content of the checkpoint that the last start found, or null. */
    public String restored() {
        return restored;
    }

    /** The last record that was recovered or drained, which a checkpoint stands for. */
    public long appliedSequence() {
        return appliedSequence;
    }

    public WalOptions options() {
        return options;
    }

    public long restoredSequence() {
        return restoredSequence;
    }

    private static RecordHandler into(List<Seen> list) {
        return (sequence, type, buffer, offset, length, position) -> {
            byte[] text = new byte[length];
            buffer.get(offset, text);
            list.add(new Seen(sequence, type, new String(text, StandardCharsets.UTF_8), position));
        };
    }

    /** Appends without submitting; steps the preparer when a segment is missing. */
    public long append(String text) {
        ByteBuffer body = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        Capacity room = wal.appender().roomFor(body.remaining());
        for (int attempts = 0; room == Capacity.BUSY && attempts < 3; attempts++) {
            wal.appender().submit(true);
            step();
            room = wal.appender().roomFor(body.remaining());
        }
        if (room != Capacity.YES) {
            throw new IllegalStateException("no room: " + room);
        }
        return append(1, body);
    }

    /** Appends without submitting, where there is room. */
    public long append(int type, ByteBuffer body) {
        WalAppender appender = wal.appender();
        int length = body.remaining();
        int offset = appender.claim(length);
        appender.buffer().put(offset, body, body.position(), length);
        return appender.commit(type);
    }

    /** Appends, submits, and lets the log thread and the core take their turns. */
    public long store(String text) {
        long sequence = append(text);
        wal.appender().submit(true);
        step();
        return sequence;
    }

    /** One turn of everybody. */
    public WalFixture step() {
        wal.agent().doWork(nowNanos);
        wal.background().doWork(nowNanos);
        drain();
        return this;
    }

    public WalFixture drain() {
        return drain(Integer.MAX_VALUE);
    }

    /** Takes so many stored records at most. */
    public WalFixture drain(int limit) {
        wal.appender().drainStored(into(drained), limit);
        appliedSequence = drained.isEmpty()
                ? appliedSequence
                : drained.get(drained.size() - 1).sequence();
        return this;
    }

    public WalFixture advance(long nanos) {
        nowNanos += nanos;
        return this;
    }

    /** Ends the log cleanly. */
    public WalFixture stop() throws IOException {
        wal.appender().seal();
        while (!wal.agent().isSealed()) {
            wal.agent().doWork(nowNanos);
        }
        drain();
        while (wal.background().doWork(nowNanos) > 0) {
            nowNanos++;
        }
        wal.close();
        return this;
    }

    public Wal wal() {
        return wal;
    }

    public long nowNanos() {
        return nowNanos;
    }

    public List<Seen> replayed() {
        return replayed;
    }

    public List<String> replayedTexts() {
        return replayed.stream().map(Seen::text).toList();
    }

    public List<Seen> drained() {
        return drained;
    }

    public List<String> drainedTexts() {
        return drained.stream().map(Seen::text).toList();
    }
}
