package io.blipmq.broker;

import io.blipmq.protocol.v2.LettersRequest;
import java.nio.ByteBuffer;

/**
 * The broker as protocol version 2 sees it: what a session may ask for beside what {@link Broker} offers to all, and the
 * pushing of messages. Owned by the core thread.
 *
 * <p>A request that is journalled moves {@link Client#lastSequence}; its answer may leave once {@link
 * Broker#appliedSequence} has reached that.
 */
public final class PushBroker {
    /** The credit of a subscription that takes whatever comes. */
    public static final long UNLIMITED_CREDIT = 0xffff_ffffL;

    private final Publishing publishing;
    private final Attaching attaching;
    private final Settling settling;
    private final Listing listing;
    private final DeadLetterOps deadLetterOps;
    private final Pushing pushing;
    private final ReadyList ready;
    private final Refusals refusals;

    PushBroker(
            Publishing publishing,
            Attaching attaching,
            Settling settling,
            Listing listing,
            DeadLetterOps deadLetterOps,
            Pushing pushing,
            ReadyList ready,
            Refusals refusals) {
        this.publishing = publishing;
        this.attaching = attaching;
        this.settling = settling;
        this.listing = listing;
        this.deadLetterOps = deadLetterOps;
        this.pushing = pushing;
        this.ready = ready;
        this.refusals = refusals;
    }

    /**
     * Registers an authenticated connection that messages are pushed to. {@link Broker#disconnect} ends it.
     *
     * @param name what the client calls itself, for an operator's eyes
     * @param address where it comes from
     */
    public Client connect(OwnerId owner, String name, String address, Pusher pusher) {
        return new Client(owner, name, address, pusher);
    }

    // --- publish ---

    /**
     * Publishes messages to one topic (1 to 1,024 bytes of UTF-8, no leading '$').
     *
     * @param frame holds the topic and {@code count} validated entries, one behind the other, at absolute offsets; read
     *     during the call only
     * @param result says how many were accepted
     */
    public void publishBatch(
            Client client,
            int qos,
            ByteBuffer frame,
            int topicOffset,
            int topicLength,
            int entriesOffset,
            int entriesEnd,
            int count,
            BatchResult result) {
        result.begin(entriesOffset);
        if (refusals.isShuttingDown()) {
            result.refusal = refusals.count(Broker.SHUTTING_DOWN);
            return;
        }
        publishing.publishBatch(client, qos, frame, topicOffset, topicLength, entriesOffset, entriesEnd, count, result);
        refusals.count(result.refusal);
    }

    // --- subscribe ---

    /**
     * Attaches the client to a subscription, which is made or resumed. Nothing is pushed before {@link #attached} has been
     * asked what to answer.
     *
     * @return the subscription's id (positive), or {@link Broker#BUSY}, {@link Broker#DISK_FULL}, {@link
     *     Broker#SHUTTING_DOWN}, {@link Broker#TOO_MANY_SUBSCRIPTIONS}, {@link Broker#TOO_MANY_OF_CONNECTION}, {@link
     *     Broker#NAME_HELD}, {@link Broker#OTHER_TOPIC}
     */
    public long attach(Client client, AttachRequest request) {
        return refusals.count(refusals.isShuttingDown() ? Broker.SHUTTING_DOWN : attaching.attach(client, request));
    }

    /** Who holds the subscription that {@link #attach} has just refused with {@link Broker#NAME_HELD}, for a person. */
    public String holder(Client client, AttachRequest request) {
        return attaching.holder(client, request);
    }

    /**
     * What to answer to an ATTACH when it is time to, which is done at once: {@link #push} may push from now on.
     *
     * @param number of the request
     * @return null when the subscription is no longer this client's by this request
     */
    public AttachedInfo attached(Client client, long subscriptionId, long number) {
        return attaching.attached(client, subscriptionId, number);
    }

    /**
     * Lets so many more messages, and so many more bytes of them, be pushed. Ignored for a subscription that the client
     * is not attached to.
     *
     * @param messages {@link #UNLIMITED_CREDIT}: from now on without limit; likewise the bytes
     */
    public void credit(Client client, long subscriptionId, long messages, long bytes) {
        attaching.credit(client, subscriptionId, messages, bytes);
    }

    /**
     * Leaves a subscription, or deletes it with all it holds.
     *
     * @param subscriptionId one that the client is attached to, or any durable one of its key to be deleted; 0: the
     *     durable one called {@code name}, to be deleted
     * @return 0, or {@link Broker#UNKNOWN}, {@link Broker#NAME_HELD} (another connection is attached to it), {@link
     *     Broker#BUSY}, {@link Broker#DISK_FULL}
     */
    public long detach(Client client, long subscriptionId, byte[] name, boolean delete) {
        return refusals.count(attaching.detach(client, subscriptionId, name, delete));
    }

    /**
     * From now on nothing is pushed to this client.
     *
     * @return how many deliveries it has in flight
     */
    public long drain(Client client) {
        return attaching.drain(client);
    }

    // --- settle ---

    /**
     * Settles deliveries of a subscription of the client's key. It takes effect at once; only its durability lags.
     *
     * @param result says what was hit
     */
    public void settle(Client client, SettleRequest request, SettleResult result) {
        settling.settle(client, request, result);
    }

    // --- look and act ---

    /** What the client's key has. */
    public Listing listing() {
        return listing;
    }

    /**
     * Sends dead letters back to the subscriptions they failed in, or to another one, as if they had never been
     * delivered, oldest first.
     *
     * @param count at most so many
     * @param progress the client's own; after {@link Broker#BUSY} it says where the same request goes on in a later turn,
     *     else it has the answer
     * @return 0, or {@link Broker#UNKNOWN} (no such dead-letter subscription, or no letter with this tag), {@link
     *     Broker#UNKNOWN_TARGET}, {@link Broker#BUSY} (more is to be done than in one turn, too), {@link
     *     Broker#DISK_FULL}, {@link Broker#SHUTTING_DOWN}
     */
    public long redrive(
            Client client, long subscriptionId, long count, LettersRequest which, DeadLetterProgress progress) {
        return refusals.count(
                refusals.isShuttingDown()
                        ? progress.stop(Broker.SHUTTING_DOWN)
                        : deadLetterOps.redrive(client, subscriptionId, count, which, progress));
    }

    /**
     * Drops dead letters, oldest first. Parameters and answers as for {@link #redrive}: they are gone for good when the
     * answer may be sent.
     */
    public long purge(
            Client client, long subscriptionId, long count, LettersRequest which, DeadLetterProgress progress) {
        return refusals.count(
                refusals.isShuttingDown()
                        ? progress.stop(Broker.SHUTTING_DOWN)
                        : deadLetterOps.purge(client, subscriptionId, count, which, progress));
    }

    // --- push ---

    /** The output of a client that had no room for more has some again. */
    public void onRoom(Client client) {
        ready.onRoom(client);
    }

    /**
     * Pushes messages to the subscriptions that are ready for them, within a bound; between the turn's requests and
     * {@link Broker#endTurn}.
     *
     * @return how many messages were pushed
     */
    public int push() {
        return pushing.push();
    }

    /** Whether {@link #push} has more to do, so that the core should not wait before its next turn. */
    public boolean hasReady() {
        return pushing.hasReady();
    }
}
