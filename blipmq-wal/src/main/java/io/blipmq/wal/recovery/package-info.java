/**
 * The start of a log: which segments count, what is replayed, where a torn tail is cut, and the new epoch that begins behind
 * it. Owned by the thread that opens the log; nothing here outlives the start.
 *
 * <p>Start reading at {@link io.blipmq.wal.recovery.Recovery}, whose Javadoc is the numbered table of cases; {@code
 * RecoveryTest} has a test for each, named after the damage. {@link io.blipmq.wal.recovery.SegmentChain} finds the segments
 * and orders them, {@link io.blipmq.wal.recovery.TailSurvey} looks at the end of the newest one, {@code Replay} reads all of
 * them and sees that none is missing, {@link io.blipmq.wal.recovery.EpochStart} begins the next epoch, {@code Cleanup} puts
 * the other files in order.
 *
 * <p>A start changes nothing until it knows that it will succeed: a log that is refused is left as it was found. Every new
 * case needs its number, its test, and a crash point that ends inside it. A new case of damage also needs its repair: {@code
 * LogSurvey} has to find it, and to name the same lost records, which {@code SalvageRandomTest} compares.
 */
package io.blipmq.wal.recovery;
