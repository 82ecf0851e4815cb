/**
 * The command log and what is in it: commands as records, the messages among them, and the state that a checkpoint keeps.
 * Owned by the core thread, unless a class says otherwise.
 *
 * <p>Neighbours: {@code blipmq-wal}, which stores the records, and {@code broker}, which appends commands and applies those
 * that come back. Start reading at {@link io.blipmq.broker.journal.Journal}, then at {@link
 * io.blipmq.broker.journal.CommandCodec}.
 */
package io.blipmq.broker.journal;
