package io.blipmq.broker;

import io.blipmq.wal.Liveness;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The ordered record of commands that the journalled state is a pure function of. Owned by the core thread.
 *
 * <p>A command is appended, and when it is stored under the force policy {@link #drainStored} hands it back to be
 * applied. {@link LocalJournal} keeps it in this machine's log; a replicated journal can take its place.
 *
 * <p>Messages stay in the journal, and the core keeps their positions for as long as it has memory for them; {@link #find}
 * gives the positions of older ones back by their key: the topic's name, or for dead letters owner and name.
 */
public interface Journal {
    /** The answer of an append: no room just now, offer it again in a later turn. */
    long BUSY = -1;
    /** The answer of an append: the disk has no room. */
    long FULL = -2;

    /** Opens a journal: gives back the state of its last checkpoint, then every command after it. */
    @FunctionalInterface
    interface Opener {
        Journal open(CommandHandler replay) throws IOException;
    }

    /**
     * A QoS 1 message, with its times.
     *
     * @return the message's sequence number (positive), {@link #BUSY} or {@link #FULL}
     */
    long appendPublish(MessageView message);

    /**
     * A new subscription that collects QoS 1 messages; one of the same owner and name ends with it.
     *
     * @param name empty: it has none
     * @param passing whether it ends with its connection
     * @return its id, {@link #BUSY} or {@link #FULL}
     */
    long appendSubscribe(OwnerId owner, byte[] topic, byte[] name, boolean passing);

    /**
     * A message leaves a subscription.
     *
     * @param redriven whether it had come back from the dead letters
     * @param payloadLength the message's, so that what waits is known exactly without reading what does not
     * @return the command's number, {@link #BUSY} or {@link #FULL}
     */
    long appendSettle(long subscriptionId, long deliveryTag, boolean redriven, int payloadLength, SettleReason reason);

    /**
     * A message moves to its subscription's dead letters: its payload is copied, so that the letter stands on its own.
     *
     * @param redriven whether it had come back from there before
     * @param key of the dead-letter subscription's messages
     * @param properties of the letter
     * @param expiresMillis wall-clock time after which the letter is dropped
     * @return the letter's number, which is its delivery tag; {@link #BUSY} or {@link #FULL}
     */
    long appendDeadLetter(
            long subscriptionId,
            boolean redriven,
            int attempts,
            byte[] key,
            StoredMessage message,
            byte[] properties,
            long expiresMillis);

    /**
     * A dead letter goes back to the subscription it failed in: its payload is copied, and the letter is settled.
     *
     * @param key of the subscription's redriven messages
     * @param properties of the message, perhaps none
     * @param expiresMillis wall-clock time after which nobody wants it, 0 = never
     * @return the copy's number, which is its delivery tag; {@link #BUSY} or {@link #FULL}
     */
    long appendRedrive(
            long subscriptionId,
            long deadLettersId,
            byte[] key,
            StoredMessage letter,
            byte[] properties,
            long expiresMillis);

    /** A durable subscription ends with its backlog; or {@link #BUSY} or {@link #FULL}. */
    long appendRemove(long subscriptionId, RemoveReason reason);

    /** Somebody waits until what was appended is stored, settlements included. */
    void requestForce();

    /**
     * Ends a turn: hands what was appended to the log. Settlements alone, but for {@link SettleReason#PURGED}, may wait up
     * to 50 ms for company and never cause a force, unless {@link #requestForce} was called.
     */
    void submit(long nowNanos);

    /** Whether settlements wait for company, so that {@link #submit} has to be called again in time. */
    boolean hasWaitingSettlements();

    /**
     * Hands stored commands back in order.
     *
     * @param commandsMax bounds the work of one turn
     * @return how many were handed back
     */
    int drainStored(CommandHandler handler, int commandsMax);

    /** The number of the newest command that {@link #drainStored} has handed back or replay has seen; 0 before any. */
    long appliedSequence();

    /** Ends the journal cleanly: what was appended is stored and forced; nothing is taken any more. */
    void seal();

    // --- messages ---

    /** Everything up to this number can be found by {@link #find}; positions of it need not be kept. */
    long findableThrough();

    /**
     * Finds messages by key, in order.
     *
     * @param sequences gets the numbers of messages from {@code fromSequence} to {@code throughSequence}, as many as fit
     * @param positions gets where they stand
     * @return how many were found
     */
    int find(byte[] key, long fromSequence, long throughSequence, long[] sequences, long[] positions);

    /** What {@link #find} may cost just now, as {@link WorkMeter} counts it. */
    int findWork();

    /** Reads what a message's record says, given where it stands or stood. */
    void readMessage(StoredMessage message);

    /**
     * Copies a part of a message to {@code target}'s position.
     *
     * @param offset from the payload's begin; negative for properties, behind its end for what its command says of it
     */
    void read(StoredMessage message, int offset, int length, ByteBuffer target);

    /** Copies a payload to {@code target}'s position. */
    default void readPayload(StoredMessage message, ByteBuffer target) {
        read(message, 0, message.payloadLength, target);
    }

    /** The subscription that a dead letter failed in. */
    default long originId(StoredMessage letter) {
        ByteBuffer id = ByteBuffer.allocate(Long.BYTES);
        read(letter, letter.payloadLength, Long.BYTES, id); // it stands right behind the payload
        return id.getLong(0);
    }

    // --- checkpoints ---

    /**
     * Whether enough has happened since the last checkpoint for another one.
     *
     * @param unlogged whether something has happened that the journal had no room for
     */
    boolean isCheckpointDue(long nowNanos, boolean unlogged);

    /** Whether one is being written. */
    boolean isCheckpointing();

    /** Lets the one that is being written end soon, for another that waits; until that is begun, none is due. */
    void hurryCheckpoint();

    /**
     * A checkpoint of the state as of now is going to be taken, in the turns to come.
     *
     * @return {@link #appliedSequence}, the number that it stands for
     */
    long beginCheckpoint();

    /**
     * Keeps the state as of the last {@link #beginCheckpoint}, so that a start need not replay what is before it.
     *
     * @param state for {@link CommandHandler#onCheckpoint}
     * @param liveness which messages are still wanted in that state; what is not may be forgotten
     */
    void checkpoint(ByteBuffer state, Liveness liveness);
}
