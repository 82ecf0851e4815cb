/**
 * The start of a log: which segments count, what is replayed, where a torn tail is cut, and the new epoch that begins behind
 * it. Owned by the thread that opens the log; nothing here outlives the start.
 *
 * <p>Start reading at {@link io.blipmq.wal.recovery.Recovery}, whose Javadoc is the numbered table of cases; {@code
 * RecoveryTest} has a test for each, named after the damage. {@link io.blipmq.wal.recovery.SegmentChain} orders the segments,
 * {@link io.blipmq.wal.recovery.Replay} reads them, {@link io.blipmq.wal.recovery.EpochStart} begins the next one.
 *
 * <p>A start changes nothing until it knows that it will succeed: a log that is refused is left as it was found. Every new
 * case needs its number, its test, and a crash point that ends inside it.
 */
package io.blipmq.wal.recovery;
