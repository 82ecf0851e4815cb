package io.blipmq.broker;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The ordered record of commands that the journalled state is a pure function of. Owned by the core thread.
 *
 * <p>A command is appended, and when it is stored under the force policy {@link #drainStored} hands it back to be
 * applied. {@link LocalJournal} keeps it in this machine's log; a replicated journal can take its place.
 */
public interface Journal {
    /** The answer of an append: no room just now, offer it again in a later turn. */
    long BUSY = -1;
    /** The answer of an append: the disk has no room. */
    long FULL = -2;

    /** Opens a journal and replays every command it holds. */
    @FunctionalInterface
    interface Opener {
        Journal open(CommandHandler replay) throws IOException;
    }

    /**
     * A QoS 1 message; topic and payload at absolute offsets of {@code frame}.
     *
     * @param expiresMillis wall-clock time after which nobody wants it, 0 = never
     * @return the message's sequence number (positive), {@link #BUSY} or {@link #FULL}
     */
    long appendPublish(
            ByteBuffer frame,
            int topicOffset,
            int topicLength,
            int payloadOffset,
            int payloadLength,
            long publishedMillis,
            long expiresMillis);

    /** A new durable subscription, whose id is the number returned; or {@link #BUSY} or {@link #FULL}. */
    long appendSubscribe(OwnerId owner, byte[] topic);

    /** A message leaves a subscription; or {@link #BUSY} or {@link #FULL}. */
    long appendSettle(long subscriptionId, long deliveryTag, SettleReason reason);

    /**
     * A message moves to its subscription's dead letters, as a letter whose delivery tag is the number returned.
     *
     * @param expiresMillis wall-clock time after which the letter is dropped
     * @return the letter's number, {@link #BUSY} or {@link #FULL}
     */
    long appendDeadLetter(long subscriptionId, long deliveryTag, int attempts, long movedMillis, long expiresMillis);

    /** A durable subscription ends with its backlog; or {@link #BUSY} or {@link #FULL}. */
    long appendRemove(long subscriptionId, RemoveReason reason);

    /**
     * Ends a turn: hands what was appended to the log. Settlements alone may wait up to 50 ms for company and never
     * cause a force.
     */
    void submit(long nowNanos);

    /**
     * Hands stored commands back in order.
     *
     * @param commandsMax bounds the work of one turn
     * @return how many were handed back
     */
    int drainStored(CommandHandler handler, int commandsMax);

    /** The number of the newest command that {@link #drainStored} has handed back or replay has seen; 0 before any. */
    long appliedSequence();

    /** Copies stored bytes: {@code length} bytes from {@code position} to {@code target}'s position. */
    void read(long position, int length, ByteBuffer target);
}
