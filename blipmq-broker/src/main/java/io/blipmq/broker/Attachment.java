package io.blipmq.broker;

import io.blipmq.broker.memory.EntrySink;
import io.blipmq.protocol.entry.EntryLayout;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * A connection's hold on a subscription that is pushed to it: credit, and what the client asked for with ATTACH. Owned by
 * the core thread. It ends when the connection does, when it leaves the subscription, or when another one takes it over.
 */
final class Attachment extends PushTarget implements EntrySink {
    /** The {@link #heapPlace} of one that stands in no heap. */
    static final int IN_NO_HEAP = -1;

    private final Client client;
    private final Subscription subscription;
    private final boolean existed;
    private final long number;
    private final boolean creditOnSettle;
    private final boolean countsFromBegin;
    private final long ackTimeoutNanos;
    private final long retryBackoffNanos;
    private long credit;
    /** Below 0 when a message was larger than what was left. */
    private long creditBytes;
    /** Of {@link #subscription}, which a message that goes straight to its reader does not touch. */
    private final long subscriptionId;

    /** What it was given and has in hand. */
    private final InFlight inFlight = new InFlight();

    /** Those that it shares the subscription with; null when it has it alone. */
    private ConsumerGroup group;

    /** Owned by {@link MemberHeap}. */
    int heapPlace = IN_NO_HEAP;

    /** Owned by {@link ConsumerGroup}: the last turn that it had, of all that members have had. */
    long turn;

    private boolean answered;
    private boolean ended;

    /** @param existed whether the subscription is older than the request */
    Attachment(Client client, Subscription subscription, AttachRequest request, boolean existed) {
        this.client = client;
        this.subscription = subscription;
        this.subscriptionId = subscription.id();
        this.existed = existed;
        this.number = request.number();
        this.creditOnSettle = request.creditOnSettle();
        this.countsFromBegin = request.countFromBegin();
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

    boolean existed() {
        return existed;
    }

    /** Of the request that made it. */
    long number() {
        return number;
    }

    void joined(ConsumerGroup newGroup) {
        group = newGroup;
    }

    /** What is listed when it can take something: its group, or itself. */
    PushTarget target() {
        return group == null ? this : group;
    }

    /** Its ATTACHED leaves: nothing was pushed before. */
    void answer() {
        answered = true;
        offer();
    }

    /** It may take messages now that it could not take before: its group is to know. */
    private void offer() {
        if (group != null) {
            group.offer(this);
        }
    }

    // --- time ---

    /** How long a delivery may stay unsettled. */
    long ackTimeoutNanos(BrokerOptions options) {
        return ackTimeoutNanos == 0 ? options.ackTimeoutNanos() : ackTimeoutNanos;
    }

    /**
     * How long a delivery that has timed out waits until it is due again: twice as long with each attempt, up to 30 s, or to
     * what was asked for when that is longer.
     */
    long retryBackoffNanos(int attempt) {
        long cap = Math.max(BrokerOptions.BACKOFF_NANOS_MAX, retryBackoffNanos);
        int doublings = Math.min(Math.max(0, attempt - 1), 30);
        return retryBackoffNanos > cap >> doublings ? cap : retryBackoffNanos << doublings;
    }

    // --- credit ---

    long credit() {
        return credit;
    }

    /** Bytes of bodies and properties that may be pushed; the last message may go beyond them. */
    @Override
    public long creditBytes() {
        return creditBytes;
    }

    private boolean hasByteLimit() {
        return creditBytes != Long.MAX_VALUE;
    }

    void addCredit(long messages, long bytes) {
        credit = sum(credit, messages);
        creditBytes = sum(creditBytes, bytes);
        offer();
    }

    private static long sum(long before, long more) {
        return more >= AttachRequest.UNLIMITED_CREDIT || before == Long.MAX_VALUE
                ? Long.MAX_VALUE
                : Math.min(before + more, AttachRequest.UNLIMITED_CREDIT - 1);
    }

    /** It is being served; its group puts it where it belongs afterwards. */
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

    @Override
    public void ofTopic(ByteBuffer names, int offset, int length) {
        client.sink().ofTopic(names, offset, length);
    }

    @Override
    public void takeEntries(long publishedMillis, ByteBuffer entries, int offset, int length, int count) {
        client.sink().pushEntries(subscriptionId, publishedMillis, entries, offset, length, count);
        if (hasByteLimit()) {
            spendBytes(EntryLayout.contentBytes(entries, offset, offset + length));
        }
    }

    /** A delivery is handed out. */
    void onDelivered(Delivery delivery) {
        delivery.holder = this;
        inFlight.add(delivery);
    }

    /** It has a delivery in hand no more. */
    void onDeliveryEnded(Delivery delivery) {
        delivery.holder = null;
        inFlight.remove(delivery);
        if (creditOnSettle) {
            addCredit(1, delivery.message.contentBytes());
        }
    }

    InFlight inFlight() {
        return inFlight;
    }

    /** Whether an attempt counts only once the client has said that it begins with the delivery. */
    boolean countsFromBegin() {
        return countsFromBegin;
    }

    /** What an operator may know of it as the member of a group. */
    SubscriptionInfo.Member info() {
        return new SubscriptionInfo.Member(
                client.name(), client.address(), Math.min(credit, AttachRequest.UNLIMITED_CREDIT), inFlight.size());
    }

    // --- end ---

    void end() {
        ended = true;
    }

    @Override
    AttachmentQueue waitingQueue() {
        return client.isWaitingForRoom() ? client.waitingForRoom() : null;
    }

    @Override
    boolean isOpen() {
        return credit > 0 && creditBytes > 0 && answered && !ended && client.takesPushes();
    }
}
