package io.blipmq.wal;

import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The log's limits and what is injected into it. Immutable; the relations between the limits are checked once, here.
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
 * @param tornBytesMax how much of a torn tail is set aside in a file
 * @param lockWaitNanos how long a start waits for another daemon to let go of the log
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
        int tornBytesMax,
        long lockWaitNanos,
        RecordKey recordKey,
        LongSupplier nanoClock,
        Supplier<UUID> journalIds) {
    private static final int MIB = 1 << 20;
    private static final int SEGMENT_BYTES_MAX = 1 << 30;

    public WalOptions {
        Objects.requireNonNull(forcePolicy, "forcePolicy");
        Objects.requireNonNull(recordKey, "recordKey");
        Objects.requireNonNull(nanoClock, "nanoClock");
        Objects.requireNonNull(journalIds, "journalIds");
        require(recordBytesMax > 0, "recordBytesMax must be positive");
        require(reserveBytes >= 0, "reserveBytes must not be negative");
        require(segmentBytes <= SEGMENT_BYTES_MAX, "segmentBytes must be at most 1 GiB");
        require(aligned(segmentBytes) && aligned(startSegmentBytes), "segments must be multiples of 8 bytes");
        require(
                Segments.usableBytes(segmentBytes) - reserveBytes >= Segments.frameBytes(recordBytesMax),
                "a segment must hold its reserve and the longest record");
        require(Segments.usableBytes(startSegmentBytes) >= 0, "startSegmentBytes must hold a header and a seal");
        require(aligned(chunkBytes) && chunkBytes >= Segments.frameBytes(0), "chunkBytes must be a multiple of 8");
        require(unstoredBytesMax > 0 && tailBytesMax >= 0 && tornBytesMax >= 0, "byte budgets must not be negative");
    }

    /** The product's limits: 64 MiB segments, records up to a 16 MiB frame of the wire, {@code always}. */
    public static WalOptions defaults() {
        return new WalOptions(
                ForcePolicy.ALWAYS,
                64 * MIB,
                16 * MIB,
                MIB,
                16 * MIB + 4096,
                4 * MIB,
                32 * MIB,
                32 * MIB,
                16 * MIB,
                TimeUnit.SECONDS.toNanos(3),
                RecordKey.NO_KEYS,
                System::nanoTime,
                UUID::randomUUID);
    }

    public WalOptions withForcePolicy(ForcePolicy policy) {
        return new WalOptions(
                policy,
                segmentBytes,
                startSegmentBytes,
                chunkBytes,
                recordBytesMax,
                reserveBytes,
                unstoredBytesMax,
                tailBytesMax,
                tornBytesMax,
                lockWaitNanos,
                recordKey,
                nanoClock,
                journalIds);
    }

    /** The disk side: what segments claim, what is reserved in them, and the longest record. */
    public WalOptions withSegments(int segment, int startSegment, int recordMax, int reserve) {
        return new WalOptions(
                forcePolicy,
                segment,
                startSegment,
                chunkBytes,
                recordMax,
                reserve,
                unstoredBytesMax,
                tailBytesMax,
                tornBytesMax,
                lockWaitNanos,
                recordKey,
                nanoClock,
                journalIds);
    }

    /** The memory side. */
    public WalOptions withMemory(int chunk, int unstoredMax, int tailMax) {
        return new WalOptions(
                forcePolicy,
                segmentBytes,
                startSegmentBytes,
                chunk,
                recordBytesMax,
                reserveBytes,
                unstoredMax,
                tailMax,
                tornBytesMax,
                lockWaitNanos,
                recordKey,
                nanoClock,
                journalIds);
    }

    public WalOptions withTornBytesMax(int bytes) {
        return new WalOptions(
                forcePolicy,
                segmentBytes,
                startSegmentBytes,
                chunkBytes,
                recordBytesMax,
                reserveBytes,
                unstoredBytesMax,
                tailBytesMax,
                bytes,
                lockWaitNanos,
                recordKey,
                nanoClock,
                journalIds);
    }

    public WalOptions withLockWaitNanos(long nanos) {
        return new WalOptions(
                forcePolicy,
                segmentBytes,
                startSegmentBytes,
                chunkBytes,
                recordBytesMax,
                reserveBytes,
                unstoredBytesMax,
                tailBytesMax,
                tornBytesMax,
                nanos,
                recordKey,
                nanoClock,
                journalIds);
    }

    public WalOptions withRecordKey(RecordKey key) {
        return new WalOptions(
                forcePolicy,
                segmentBytes,
                startSegmentBytes,
                chunkBytes,
                recordBytesMax,
                reserveBytes,
                unstoredBytesMax,
                tailBytesMax,
                tornBytesMax,
                lockWaitNanos,
                key,
                nanoClock,
                journalIds);
    }

    public WalOptions withNanoClock(LongSupplier clock) {
        return new WalOptions(
                forcePolicy,
                segmentBytes,
                startSegmentBytes,
                chunkBytes,
                recordBytesMax,
                reserveBytes,
                unstoredBytesMax,
                tailBytesMax,
                tornBytesMax,
                lockWaitNanos,
                recordKey,
                clock,
                journalIds);
    }

    public WalOptions withJournalIds(Supplier<UUID> ids) {
        return new WalOptions(
                forcePolicy,
                segmentBytes,
                startSegmentBytes,
                chunkBytes,
                recordBytesMax,
                reserveBytes,
                unstoredBytesMax,
                tailBytesMax,
                tornBytesMax,
                lockWaitNanos,
                recordKey,
                nanoClock,
                ids);
    }

    private static boolean aligned(int bytes) {
        return bytes % FrameLayout.ALIGNMENT == 0;
    }

    private static void require(boolean holds, String relation) {
        if (!holds) {
            throw new IllegalArgumentException(relation);
        }
    }
}
