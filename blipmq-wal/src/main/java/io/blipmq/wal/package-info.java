/**
 * The write-ahead log as its users see it: an open log and the parts that its threads run, options and limits, reports and
 * exceptions. Interfaces and immutable values only; what keeps the log is in the packages below this one.
 *
 * <p>Three threads share a log. The core thread appends through the {@link io.blipmq.wal.WalAppender}, which decides where
 * every record is stored; the log thread writes and forces in the {@link io.blipmq.wal.WalAgent}; a background thread claims
 * disk room ahead, indexes closed segments, writes checkpoints and compacts in the {@link io.blipmq.wal.WalBackground}. These
 * are roles: one thread can step all of them, which is how the tests run them, and threads may change places as long as each
 * hands over what it wrote.
 *
 * <p>Nothing here knows what a record means, and nothing here sees another module. So a new kind of record changes nothing
 * here: it is a type number and a body to the log. Its owner says which key it is listed under ({@link
 * io.blipmq.wal.RecordKey}), how long it is needed ({@link io.blipmq.wal.LiveRecords}) and whether a release can read it
 * ({@link io.blipmq.wal.LogContent}).
 *
 * <p>Start reading at {@link io.blipmq.wal.Wal}. Each package sees only those above it in this table:
 *
 * <table>
 * <caption>The packages of the log</caption>
 * <tr><th>package</th><th>holds</th></tr>
 * <tr><td>{@code wal}</td><td>what other modules see; a change here is a change for them</td></tr>
 * <tr><td>{@code wal.storage}</td><td>the seam between the log and the disk, and the real files</td></tr>
 * <tr><td>{@code wal.segment}</td><td>the format of the files, their readers and the making of indexes</td></tr>
 * <tr><td>{@code wal.append}</td><td>the core's and the log thread's part: append, write, force, read back</td></tr>
 * <tr><td>{@code wal.background}</td><td>the background thread's part: prepare, index, checkpoint, compact, scrub</td></tr>
 * <tr><td>{@code wal.recovery}</td><td>a start: the table of cases, replay, torn tails, a new epoch</td></tr>
 * <tr><td>{@code wal.repair}</td><td>a damaged log: find what is whole, give up the rest</td></tr>
 * <tr><td>{@code wal.engine}</td><td>opens a log and wires its parts; opens the log of a daemon that does not run</td></tr>
 * </table>
 */
package io.blipmq.wal;
