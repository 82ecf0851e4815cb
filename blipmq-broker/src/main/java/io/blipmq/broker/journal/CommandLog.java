package io.blipmq.broker.journal;

import io.blipmq.broker.message.MessageView;
import java.util.function.Supplier;

/**
 * The ordered record of commands that the journalled state is a pure function of. Owned by the core thread.
 *
 * <p>A command is appended, and when it is stored {@link #drain} hands it back to be applied. {@link LocalJournal} keeps it in
 * this machine's log, where stored means what the force policy says. Several nodes may keep one together: then stored means
 * that it cannot be lost with one of them, {@link #drain} hands over what others have appended, too, and only the one that
 * leads may append.
 *
 * <p>A number holds from when its command is applied: until then another node's command may take it.
 */
public interface CommandLog {
    /** The answer of an append: no room just now, offer it again in a later turn. */
    long BUSY = -1;
    /** The answer of an append: the disk has no room. */
    long FULL = -2;
    /** The answer of an append: this node does not lead. */
    long NOT_LEADER = -3;

    /** Whether several nodes keep it together, so that this one leads only between {@link RoleHandler}'s calls. */
    boolean isReplicated();

    /**
     * A QoS 1 message, with its times.
     *
     * @return the message's number (positive), or a refusal
     */
    long appendPublish(MessageView message);

    /**
     * A QoS 1 message that has a publish id among its properties, with its times.
     *
     * @param owner the publisher's
     * @return the message's number (positive), or a refusal
     */
    long appendPublishOnce(OwnerId owner, MessageView message);

    /**
     * A new subscription that collects QoS 1 messages; one of the same owner and name ends with it.
     *
     * @param name empty: it has none
     * @param endsWithConnection whether it ends with its connection
     * @return its id, or a refusal
     */
    long appendSubscribe(OwnerId owner, byte[] topic, boolean filter, byte[] name, boolean endsWithConnection);

    /**
     * A message leaves a subscription.
     *
     * @param redriven whether it had come back from the dead letters
     * @param payloadLength the message's, so that what waits is known exactly without reading what does not
     * @return the command's number, or a refusal
     */
    long appendSettle(long subscriptionId, long deliveryTag, boolean redriven, int payloadLength, SettleReason reason);

    /**
     * A message moves to its subscription's dead letters: its payload is copied, so that the letter stands on its own.
     *
     * @param redriven whether it had come back from there before
     * @param key of the dead-letter subscription's messages
     * @param properties of the letter
     * @param expiresMillis wall-clock time after which the letter is dropped
     * @return the letter's number, which is its delivery tag; or a refusal
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
     * @return the copy's number, which is its delivery tag; or a refusal
     */
    long appendRedrive(
            long subscriptionId,
            long deadLettersId,
            byte[] key,
            StoredMessage letter,
            byte[] properties,
            long expiresMillis);

    /** A durable subscription ends with its backlog; or a refusal. */
    long appendRemove(long subscriptionId, RemoveReason reason);

    /** From here on all nodes go by these settings; or a refusal. */
    long appendSettings(ReplicatedSettings settings);

    /**
     * The clock has jumped before this start, and says this now: the commands behind it go by that.
     *
     * @return the command's number, or a refusal: then no dead letter and no redrive is taken in this turn either
     */
    long appendClock(long millis);

    /**
     * A QoS 1 message that is to be published later, with the time at which it was taken.
     *
     * @param owner of the key that it is published with
     * @return the message's number until then (positive), or a refusal
     */
    long appendSchedule(OwnerId owner, MessageView message, long dueMillis);

    /**
     * A scheduled message is published: its content is copied, so that it is behind everything that its topic has.
     *
     * @param scheduled as its record says, with its due time as that at which it expires
     * @param expiresMillis wall-clock time after which nobody wants it, 0 = never
     * @return the message's number from now on, or a refusal
     */
    long appendDue(StoredMessage scheduled, byte[] topic, long publishedMillis, long expiresMillis);

    /** A scheduled message ends and is not published; or a refusal. */
    long appendUnschedule(long number, long dueMillis, UnscheduleReason reason);

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
     * Hands stored commands over in order, whoever has appended them, and tells between them what becomes of this node.
     *
     * @param state what commands are applied to, asked again after each change of role
     * @param commandsMax bounds the work of one turn
     * @return how many were handed over
     */
    int drain(Supplier<? extends CommandHandler> state, RoleHandler roles, int commandsMax);

    /** The number of the newest command that {@link #drain} has handed over or replay has seen; 0 before any. */
    long appliedSequence();

    /** Ends the log cleanly: what was appended is stored and forced; nothing is taken any more. */
    void seal();
}
