/**
 * The format of the log's files, and what reads and indexes them. Values are immutable; a reader is owned by the thread that
 * made it.
 *
 * <p>Start reading at {@link io.blipmq.wal.segment.SegmentLayout} and {@link io.blipmq.wal.segment.FrameLayout}, which hold
 * the tables of the format, then {@link io.blipmq.wal.segment.SegmentReader}. Indexes are laid out in {@link
 * io.blipmq.wal.segment.IndexLayout}, made by {@link io.blipmq.wal.segment.SegmentIndexer} and read by {@link
 * io.blipmq.wal.segment.IndexFile}; that of one segment, not of the log, which is {@code SegmentKeyIndex} in {@code
 * wal.append}. Checkpoints are laid out in {@link io.blipmq.wal.segment.CheckpointLayout} and kept by
 * {@link io.blipmq.wal.segment.CheckpointFile}. {@link io.blipmq.wal.segment.Epoch} says how numbering goes on after a start.
 *
 * <p>The format is frozen: each layout says in its Javadoc how it may change, and golden files in the tests hold every
 * version. A new kind of frame is a constant of {@link io.blipmq.wal.segment.FrameLayout} and a branch of {@link
 * io.blipmq.wal.segment.SegmentReader}, which all who read a segment in order use. Nothing here knows a thread or decides
 * when something is written.
 */
package io.blipmq.wal.segment;
