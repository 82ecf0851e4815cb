/**
 * What a log does beside writing: prepares segments, indexes closed ones, writes checkpoints, compacts, and looks for damage.
 * Owned by the background thread, but for what says otherwise.
 *
 * <p>Start reading at {@link io.blipmq.wal.background.BackgroundWork}, which chooses the next small step, then {@link
 * io.blipmq.wal.background.Checkpointer}, whose order of steps is what makes a checkpoint safe, and {@link
 * io.blipmq.wal.background.Compaction}, which counts what is live ({@code LivenessScan}, kept in {@code SegmentFacts}), chooses
 * what is rewritten ({@code MergePlan}) and rewrites it ({@code SegmentMerge}, {@code CompactedWriter}).
 *
 * <p>A new job is a class with a {@code step} that does one small thing and answers whether it did, and a line for it in
 * {@code BackgroundWork.cycle}, where the order is the urgency. What makes it due has to wake the thread, or can wait until
 * the thread looks again by itself.
 *
 * <p>Every step has to be short and may be the last one before a crash; nothing that the checkpoint on disk lists may be
 * deleted. The core thread enters by {@link io.blipmq.wal.background.CheckpointRequests}, the log thread by {@link
 * io.blipmq.wal.background.SegmentInventory#closed}.
 */
package io.blipmq.wal.background;
