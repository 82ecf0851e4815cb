/**
 * The command log and what is in it: commands as records, the messages among them, and the state that a checkpoint
 * keeps. Owned by the core thread, unless a class says otherwise.
 *
 * <p>Neighbours: {@code blipmq-wal}, which stores the records, and {@code broker}, which appends commands and applies
 * those that come back. Start reading at {@link io.blipmq.broker.journal.Journal}, the seam below the core, and its
 * three parts:
 *
 * <ul>
 *   <li>{@link io.blipmq.broker.journal.CommandLog}: commands are appended, and handed back to a
 *       {@link io.blipmq.broker.journal.CommandHandler} once they are stored;
 *   <li>{@link io.blipmq.broker.journal.MessageStore}: finds and reads the messages that they have brought;
 *   <li>{@link io.blipmq.broker.journal.Snapshots}: keeps the state that they have led to.
 * </ul>
 *
 * <p>What begins with {@code Local} puts these on this machine's write-ahead log. What is in a record and in a
 * checkpoint is the codecs' ({@link io.blipmq.broker.journal.CommandCodec},
 * {@link io.blipmq.broker.journal.CheckpointCodec}) and the same for any log.
 *
 * <p>A new command is a record type in {@code CommandCodec} and {@code CommandDecoder}, an append in
 * {@code CommandLog}, a method of {@code CommandHandler}, and what {@link io.blipmq.broker.journal.JournalRecord} shows
 * of it to an operator. What it needs of time, ids or settings has to be in it: applying it asks nobody.
 */
package io.blipmq.broker.journal;
