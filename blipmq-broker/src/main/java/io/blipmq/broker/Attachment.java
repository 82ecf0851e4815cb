package io.blipmq.broker;

import java.util.concurrent.TimeUnit;

/**
 * A connection's hold on a subscription that is pushed to it: credit, and what the client asked for with ATTACH. Owned by
 * the core thread. It ends when the connection does, when it leaves the subscription, or when another one takes it over.
 */
final class Attachment extends Bag.Item {
    private final Client client;
    private final Subscription subscription;
    private final boolean existed;
    private final long number;
    private final boolean creditOnSettle;
    private final long ackTimeoutNanos;
    private final long retryBackoffNanos;
    private long credit;
    /** Below 0 when a message was larger than what was left. */
    private long creditBytes;
    /** Beside what else every message looks at. */
    private final long subscriptionId;

    /** Deliveries that it was given and that are not settled and have not timed out. */
    private int inFlight;

    private boolean answered;
    private boolean ended;

    /** Owned by {@link AttachmentQueue}. */
    boolean listed;

    /** @param existed whether the subscription is older than the request */
    Attachment(Client client, Subscription subscription, AttachRequest request, boolean existed) {
        this.client = client;
        this.subscription = subscription;
        this.subscriptionId = subscription.id();
        this.existed = existed;
        this.number = request.number();
        this.creditOnSettle = request.creditOnSettle();
        this.ackTimeoutNanos = TimeUnit.MILLISECONDS.toNanos(request.ackTimeoutMillis());
        this.retryBackoffNanos = TimeUnit.MILLISECONDS.toNanos(request.retryBackoffMillis());
        addCredit(request.credit(), request.creditBytes());
    }

    Client client() {
        return client;
    }

    Subscription subscription() {
        return subscription;
    }

    /** Of {@link #subscription()}, which a message that goes straight to its reader does not touch. */
    long subscriptionId() {
        return subscriptionId;
    }

    boolean existed() {
        return existed;
    }

    /** Of the request that made it. */
    long number() {
        return number;
    }

    /** Its ATTACHED leaves: nothing was pushed before. */
    void answer() {
        answered = true;
    }

    // --- time ---

    /** How long a delivery may stay unsettled. */
    long ackTimeoutNanos(BrokerOptions options) {
        return ackTimeoutNanos == 0 ? options.ackTimeoutNanos() : ackTimeoutNanos;
    }

    /** How long a delivery that has timed out waits until it is due again. */
    long retryBackoffNanos(int attempt) {
        long cap = Math.max(BrokerOptions.BACKOFF_NANOS_MAX, retryBackoffNanos);
        int doublings = Math.min(attempt - 1, 30);
        return retryBackoffNanos > cap >> doublings ? cap : retryBackoffNanos << doublings;
    }

    // --- credit ---

    long credit() {
        return credit;
    }

    /** Bytes of bodies and properties that may be pushed; the last message may go beyond them. */
    long creditBytes() {
        return creditBytes;
    }

    boolean hasByteLimit() {
        return creditBytes != Long.MAX_VALUE;
    }

    void addCredit(long messages, long bytes) {
        credit = sum(credit, messages);
        creditBytes = sum(creditBytes, bytes);
    }

    private static long sum(long before, long more) {
        return more >= PushBroker.UNLIMITED_CREDIT || before == Long.MAX_VALUE
                ? Long.MAX_VALUE
                : Math.min(before + more, PushBroker.UNLIMITED_CREDIT - 1);
    }

    void spendCredit(int messages) {
        if (credit != Long.MAX_VALUE) {
            credit -= messages;
        }
    }

    /** @param bytes of bodies and properties that were pushed */
    void spendBytes(long bytes) {
        if (hasByteLimit()) {
            creditBytes -= bytes;
        }
    }

    /** A delivery was handed out. */
    void onDelivered() {
        inFlight++;
    }

    /**
     * A delivery that was handed out is settled, or has timed out.
     *
     * @param bytes of its body and properties
     */
    void onDeliveryEnded(long bytes) {
        inFlight--;
        if (creditOnSettle) {
            addCredit(1, bytes);
        }
    }

    int inFlight() {
        return inFlight;
    }

    // --- end ---

    void end() {
        ended = true;
    }

    /** Whether anything may be pushed, as far as this connection is concerned. */
    boolean isOpen() {
        return credit > 0 && creditBytes > 0 && answered && !ended && client.takesPushes();
    }
}
