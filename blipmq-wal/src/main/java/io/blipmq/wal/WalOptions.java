package io.blipmq.wal;

import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The log's limits and what is injected into it. Immutable; the relations between the limits are checked once, here, and
 * those with the format of the files when a log is opened.
 *
 * @param segmentBytes what a prepared segment claims; also how much is forced at once when one closes
 * @param startSegmentBytes what the first segment after a start claims when none is left prepared; small, because the
 *     start waits for it
 * @param chunkBytes memory is taken in chunks of this; a longer record gets one of its own
 * @param recordBytesMax the longest body of a record
 * @param reserveBytes room at the end of the claimed disk room that only {@link WalAppender#roomInReserve} gives out, so
 *     that acks still fit when the disk is full
 * @param unstoredBytesMax backpressure: appended bytes that are not yet stored and drained
 * @param tailBytesMax memory for reading recent records back without the disk
 * @param lockWaitNanos how long a start waits for another daemon to let go of the log
 * @param checkpointBytes a checkpoint is due after so much log
 * @param checkpointNanos or when so much time has passed and there is anything new
 * @param scrubNanos the pause between two closed segments that are read to see whether they are whole
 * @param salvage whether a damaged log is repaired at the start, which then reads all of it; without, it is refused
 * @param limits of what the log does at once
 * @param content what can be read of what the log keeps
 * @param recordKey what closed segments are indexed by
 * @param nanoClock a monotonic clock, for durations only
 * @param journalIds the id of a new journal
 */
public record WalOptions(
        ForcePolicy forcePolicy,
        int segmentBytes,
        int startSegmentBytes,
        int chunkBytes,
        int recordBytesMax,
        int reserveBytes,
        int unstoredBytesMax,
        int tailBytesMax,
        long lockWaitNanos,
        long checkpointBytes,
        long checkpointNanos,
        long scrubNanos,
        boolean salvage,
        WalLimits limits,
        LogContent content,
        RecordKey recordKey,
        LongSupplier nanoClock,
        Supplier<UUID> journalIds) {
    private static final int MIB = 1 << 20;
    private static final int SEGMENT_BYTES_MAX = 1 << 30;

    public WalOptions {
        Objects.requireNonNull(forcePolicy, "forcePolicy");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(recordKey, "recordKey");
        Objects.requireNonNull(nanoClock, "nanoClock");
        Objects.requireNonNull(journalIds, "journalIds");
        require(recordBytesMax > 0, "recordBytesMax must be positive");
        require(reserveBytes >= 0, "reserveBytes must not be negative");
        require(segmentBytes <= SEGMENT_BYTES_MAX, "segmentBytes must be at most 1 GiB");
        require(unstoredBytesMax > 0 && tailBytesMax >= 0, "byte budgets must not be negative");
        require(checkpointBytes > 0 && checkpointNanos > 0, "checkpoints need a positive distance");
        require(scrubNanos > 0, "the scrub needs a pause");
    }

    /** The product's limits: 64 MiB segments, records up to a 16 MiB frame of the wire and what a dead letter adds, {@code always}. */
    public static WalOptions defaults() {
        return new WalOptions(
                ForcePolicy.ALWAYS,
                64 * MIB,
                16 * MIB,
                MIB,
                16 * MIB + 64 * 1024,
                4 * MIB,
                32 * MIB,
                32 * MIB,
                TimeUnit.SECONDS.toNanos(3),
                64 * MIB,
                TimeUnit.SECONDS.toNanos(30),
                TimeUnit.MINUTES.toNanos(1),
                false,
                WalLimits.defaults(),
                LogContent.ANY,
                RecordKey.NO_KEYS,
                System::nanoTime,
                UUID::randomUUID);
    }

    public WalOptions withForcePolicy(ForcePolicy policy) {
        return change(copy -> copy.forcePolicy = policy);
    }

    /** The disk side: what segments claim, what is reserved in them, and the longest record. */
    public WalOptions withSegments(int segment, int startSegment, int recordMax, int reserve) {
        return change(copy -> {
            copy.segmentBytes = segment;
            copy.startSegmentBytes = startSegment;
            copy.recordBytesMax = recordMax;
            copy.reserveBytes = reserve;
        });
    }

    /** The memory side. */
    public WalOptions withMemory(int chunk, int unstoredMax, int tailMax) {
        return change(copy -> {
            copy.chunkBytes = chunk;
            copy.unstoredBytesMax = unstoredMax;
            copy.tailBytesMax = tailMax;
        });
    }

    public WalOptions withLockWaitNanos(long nanos) {
        return change(copy -> copy.lockWaitNanos = nanos);
    }

    public WalOptions withCheckpoints(long logBytes, long nanos) {
        return change(copy -> {
            copy.checkpointBytes = logBytes;
            copy.checkpointNanos = nanos;
        });
    }

    public WalOptions withScrubNanos(long pause) {
        return change(copy -> copy.scrubNanos = pause);
    }

    public WalOptions withSalvage(boolean wanted) {
        return change(copy -> copy.salvage = wanted);
    }

    public WalOptions withLimits(WalLimits chosen) {
        return change(copy -> copy.limits = chosen);
    }

    public WalOptions withContent(LogContent known) {
        return change(copy -> copy.content = known);
    }

    public WalOptions withRecordKey(RecordKey key) {
        return change(copy -> copy.recordKey = key);
    }

    public WalOptions withNanoClock(LongSupplier clock) {
        return change(copy -> copy.nanoClock = clock);
    }

    public WalOptions withJournalIds(Supplier<UUID> ids) {
        return change(copy -> copy.journalIds = ids);
    }

    private WalOptions change(Consumer<Draft> edit) {
        Draft draft = new Draft(this);
        edit.accept(draft);
        return draft.build();
    }

    private static void require(boolean holds, String relation) {
        if (!holds) {
            throw new IllegalArgumentException(relation);
        }
    }

    /** Options in the making, so that a change names only what it changes. */
    private static final class Draft {
        private ForcePolicy forcePolicy;
        private int segmentBytes;
        private int startSegmentBytes;
        private int chunkBytes;
        private int recordBytesMax;
        private int reserveBytes;
        private int unstoredBytesMax;
        private int tailBytesMax;
        private long lockWaitNanos;
        private long checkpointBytes;
        private long checkpointNanos;
        private long scrubNanos;
        private boolean salvage;
        private WalLimits limits;
        private LogContent content;
        private RecordKey recordKey;
        private LongSupplier nanoClock;
        private Supplier<UUID> journalIds;

        Draft(WalOptions options) {
            forcePolicy = options.forcePolicy;
            segmentBytes = options.segmentBytes;
            startSegmentBytes = options.startSegmentBytes;
            chunkBytes = options.chunkBytes;
            recordBytesMax = options.recordBytesMax;
            reserveBytes = options.reserveBytes;
            unstoredBytesMax = options.unstoredBytesMax;
            tailBytesMax = options.tailBytesMax;
            lockWaitNanos = options.lockWaitNanos;
            checkpointBytes = options.checkpointBytes;
            checkpointNanos = options.checkpointNanos;
            scrubNanos = options.scrubNanos;
            salvage = options.salvage;
            limits = options.limits;
            content = options.content;
            recordKey = options.recordKey;
            nanoClock = options.nanoClock;
            journalIds = options.journalIds;
        }

        WalOptions build() {
            return new WalOptions(
                    forcePolicy,
                    segmentBytes,
                    startSegmentBytes,
                    chunkBytes,
                    recordBytesMax,
                    reserveBytes,
                    unstoredBytesMax,
                    tailBytesMax,
                    lockWaitNanos,
                    checkpointBytes,
                    checkpointNanos,
                    scrubNanos,
                    salvage,
                    limits,
                    content,
                    recordKey,
                    nanoClock,
                    journalIds);
        }
    }
}
