/**
 * The writing side of a running log: records go from the core thread to the log thread and, once they are stored, back.
 *
 * <p>Start reading at {@link io.blipmq.wal.append.LogAppender}, owned by the core thread: it claims room ({@link
 * io.blipmq.wal.append.PositionAllocator}), builds frames in memory ({@link io.blipmq.wal.append.FrameBuilder}, {@link
 * io.blipmq.wal.append.TailCache}) and hands them over in the {@link io.blipmq.wal.append.FrameRing}. Then {@link
 * io.blipmq.wal.append.LogWriter}, owned by the thread that runs the log's turn, which is the log thread or, at the end of its
 * the core's: it writes ({@link io.blipmq.wal.append.SegmentWriter}) and forces ({@link
 * io.blipmq.wal.append.ForceSchedule}). "The log thread" stands for either in this package. The core thread takes stored
 * records back ({@link io.blipmq.wal.append.StoredRecords}), reads older ones by position ({@link
 * io.blipmq.wal.append.Readback}) and finds them by key ({@link io.blipmq.wal.append.SegmentKeyIndex}) or by a matcher of keys
 * ({@link io.blipmq.wal.append.MatchSearch}).
 *
 * <p>What several threads share is in the ring, in {@link io.blipmq.wal.append.DurableState}, {@link
 * io.blipmq.wal.append.PreparedSegments}, {@link io.blipmq.wal.append.SegmentCatalog}, {@link
 * io.blipmq.wal.append.IndexedSegments}, {@link io.blipmq.wal.append.LogMetrics} and {@link io.blipmq.wal.append.Waker}, of
 * which the log thread and the background thread have one each. The order of reads and writes in these is
 * the proof that nothing is lost between threads; {@code HandOverTest} runs every order of the threads, so change one only
 * together with its scenario. The background thread is a user of these classes, not the other way round.
 */
package io.blipmq.wal.append;
