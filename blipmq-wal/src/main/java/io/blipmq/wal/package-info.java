/**
 * The write-ahead log: segments of frames in one directory, group commit, force policies and recovery.
 *
 * <p>Three owners share a log. The core thread appends through the {@link io.blipmq.wal.WalAppender}, which decides
 * where every record stands; the log thread writes and forces in the {@link io.blipmq.wal.WalAgent}; a background
 * thread claims disk room ahead, indexes closed segments, writes checkpoints and compacts in the {@link
 * io.blipmq.wal.WalBackground}. These are roles: all of them can be
 * stepped by one thread, which is how the tests run them, and threads may change places as long as each hands over what
 * it wrote. Nothing here knows what a record means, and nothing here sees
 * another module. Every byte goes through the {@link io.blipmq.wal.Storage} seam.
 *
 * <p>A damaged log is looked at by {@code LogSurvey} and mended by {@code Repair}, for a start that is to salvage and for
 * {@link io.blipmq.wal.OfflineLog}, the log of a daemon that does not run.
 *
 * <p>Start reading at {@link io.blipmq.wal.Wal}, then {@link io.blipmq.wal.Recovery}. The disk format stands in
 * {@link io.blipmq.wal.SegmentLayout}, {@link io.blipmq.wal.FrameLayout}, {@link io.blipmq.wal.IndexLayout} and {@link
 * io.blipmq.wal.CheckpointLayout}; the order that makes a checkpoint safe in {@link io.blipmq.wal.Checkpointer}.
 */
package io.blipmq.wal;
