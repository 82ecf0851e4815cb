package io.blipmq.broker;

import java.nio.ByteBuffer;

/**
 * The broker: what a session may ask for. Owned by the core thread, which runs {@link #doWork} once a turn, then the
 * sessions' requests, then {@link #endTurn}.
 */
public final class Broker {
    /** The journal has no room just now: keep the frame and offer it again in a later turn. */
    public static final long BUSY = -1;
    /** Refused: the log's disk is full. */
    public static final long DISK_FULL = -2;
    /** Refused: the daemon is shutting down. */
    public static final long SHUTTING_DOWN = -3;

    /** Registers an authenticated connection. */
    public Client connect(OwnerId owner) {
        throw new UnsupportedOperationException("walking skeleton");
    }

    /** The connection is gone: its QoS 0 subscriptions end, its durable ones are detached. */
    public void disconnect(Client client) {
        throw new UnsupportedOperationException("walking skeleton");
    }

    /**
     * Publishes a message whose topic has been validated (1 to 1,024 bytes of UTF-8, no leading '$').
     *
     * @param frame holds topic and payload at absolute offsets; read during the call only
     * @return 0 or the journal's sequence number when accepted, or {@link #BUSY}, {@link #DISK_FULL},
     *     {@link #SHUTTING_DOWN}
     */
    public long publish(
            Client client,
            int qos,
            ByteBuffer frame,
            int topicOffset,
            int topicLength,
            int payloadOffset,
            int payloadLength) {
        throw new UnsupportedOperationException("walking skeleton");
    }

    /**
     * Subscribes a client. The answer may be sent once {@link #appliedSequence()} has reached
     * {@link Client#lastSequence()}.
     *
     * @return the subscription's id (positive), or {@link #BUSY}, {@link #DISK_FULL}, {@link #SHUTTING_DOWN}
     */
    public long subscribe(Client client, int qos, ByteBuffer frame, int topicOffset, int topicLength) {
        throw new UnsupportedOperationException("walking skeleton");
    }

    /**
     * Delivers the next message of a subscription, if there is one.
     *
     * @return whether {@code sink} got a delivery; false for an empty, unknown or foreign subscription
     */
    public boolean poll(Client client, long subscriptionId, DeliverySink sink) {
        throw new UnsupportedOperationException("walking skeleton");
    }

    /** @return false for an unknown subscription or tag */
    public boolean acknowledge(Client client, long subscriptionId, long deliveryTag) {
        throw new UnsupportedOperationException("walking skeleton");
    }

    /** The sequence number up to which all journalled commands are stored and have taken effect. */
    public long appliedSequence() {
        throw new UnsupportedOperationException("walking skeleton");
    }

    /** From now on publishes and new durable subscriptions are refused and nothing more is delivered. */
    public void beginShutdown() {
        throw new UnsupportedOperationException("walking skeleton");
    }

    /** Deliveries that are not settled yet, those that wait for redelivery included. */
    public long inflightMessageCount() {
        throw new UnsupportedOperationException("walking skeleton");
    }

    /** The way other threads into the core. */
    public Mailbox mailbox() {
        throw new UnsupportedOperationException("walking skeleton");
    }

    /**
     * Starts a turn: runs mailed tasks, applies what the journal has stored, and meets deadlines.
     *
     * @return how much was done, 0 when idle
     */
    public int doWork(long nowNanos) {
        throw new UnsupportedOperationException("walking skeleton");
    }

    /** Ends a turn: hands the turn's commands to the log and publishes the metrics snapshot. Before answers leave. */
    public void endTurn() {
        throw new UnsupportedOperationException("walking skeleton");
    }
}
