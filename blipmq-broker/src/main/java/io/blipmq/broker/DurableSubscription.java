package io.blipmq.broker;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * A QoS 1 subscription: it outlives its connection, and a message leaves it only by being settled. Owned by the core
 * thread.
 *
 * <p>Its state is a cursor into the topic's {@link MessageLog} and the deliveries that are not settled. The invariant
 * that keeps it small: every message before the cursor is settled unless it is in {@link #unsettled}, and that map is
 * bounded by {@code max_in_flight}.
 */
final class DurableSubscription extends Subscription {
    private final OwnerId owner;
    private final MessageLog messages;
    private final MessageCursor cursor;
    private final boolean deadLetters;
    private final Long2ObjectHashMap<Delivery> unsettled = new Long2ObjectHashMap<>();
    private final PriorityQueue<Delivery> due = new PriorityQueue<>(4, Comparator.comparingLong(d -> d.tag));
    /** On a dead-letter subscription: where each letter came from, by the letter's tag. */
    private final Long2ObjectHashMap<Letter> letters = new Long2ObjectHashMap<>();
    /** On any other: letters made of this subscription's messages, by the message's tag. */
    private final Long2ObjectHashMap<Letter> lettersByOrigin = new Long2ObjectHashMap<>();

    /** The number of the newest dead letter that is journalled for this subscription, 0 before any. */
    private long lastLetterSequence;

    /** Connections that it is attached to. */
    private int clients;

    private LiveLog.Cursor liveCursor;
    private long detachedNanos;
    /** Since when it has a connection, or has none; wall clock. */
    private long sinceMillis;

    private boolean removing;
    private boolean backlogWarned;

    /** A message in a dead-letter subscription and the subscription it failed in. */
    record Letter(DurableSubscription deadLetters, long tag, long originId, long originTag, int payloadLength) {}

    /** @param firstSequence its messages begin at or beyond this number */
    DurableSubscription(long id, Topic topic, OwnerId owner, PositionMemory positions, long firstSequence) {
        super(id, topic);
        this.owner = owner;
        this.deadLetters = topic.isDeadLetters();
        this.messages = deadLetters ? new MessageLog(letterKey(owner, topic.name()), positions) : topic.messages();
        this.cursor = new MessageCursor(messages, firstSequence);
    }

    /** What the journal lists an owner's letters under. */
    static byte[] letterKey(OwnerId owner, byte[] letterTopic) {
        ByteBuffer key = ByteBuffer.allocate(OwnerId.BYTES + letterTopic.length);
        owner.put(key, 0);
        key.put(OwnerId.BYTES, letterTopic);
        return key.array();
    }

    OwnerId owner() {
        return owner;
    }

    boolean isDeadLetters() {
        return deadLetters;
    }

    /** The topic's, or this subscription's own letters. */
    MessageLog messages() {
        return messages;
    }

    MessageCursor cursor() {
        return cursor;
    }

    Long2ObjectHashMap<Delivery> unsettled() {
        return unsettled;
    }

    Long2ObjectHashMap<Letter> letters() {
        return letters;
    }

    Long2ObjectHashMap<Letter> lettersByOrigin() {
        return lettersByOrigin;
    }

    @Override
    boolean belongsTo(Client other) {
        return owner.equals(other.owner());
    }

    // --- attachment ---

    boolean isAttached() {
        return clients > 0;
    }

    /**
     * A connection reads it from now on. Another one may do so already: a key has one subscription to a dead-letter topic,
     * so all its connections that subscribe share it. Each may poll and acknowledge what any of them was given.
     */
    void attach(long nowMillis) {
        clients++;
        if (clients == 1) {
            sinceMillis = nowMillis;
            liveCursor = topic().durableLive().open();
            backlogWarned = false;
        }
    }

    /**
     * A connection is gone.
     *
     * @return whether it was the last one: then it is to be detached
     */
    boolean release() {
        clients--;
        return clients == 0;
    }

    /**
     * The last connection is gone: what was not acknowledged is due again, except a last delivery, whose deadline decides.
     *
     * @return QoS 0 messages that were waiting and are lost
     */
    long detach(long nowNanos, long nowMillis, DeadlineWheel deadlines, BrokerOptions options) {
        long lost = liveCursor.backlog();
        liveCursor.close();
        liveCursor = null;
        startDetached(nowNanos, nowMillis);
        for (Delivery delivery : unsettled.values()) {
            boolean last = !deadLetters && options.isLastDelivery(delivery.attempts);
            if (delivery.state == Delivery.State.IN_FLIGHT && !last) {
                deadlines.cancel(delivery);
                dueAgain(delivery);
            }
        }
        return lost;
    }

    /** Counts the time without a connection from now on. */
    void startDetached(long nowNanos, long nowMillis) {
        detachedNanos = nowNanos;
        sinceMillis = nowMillis;
    }

    long detachedNanos() {
        return detachedNanos;
    }

    boolean isRemoving() {
        return removing;
    }

    void markRemoving() {
        removing = true;
    }

    /** @return whether this is the first call since it was attached */
    boolean warnOfBacklogOnce() {
        boolean first = !backlogWarned;
        backlogWarned = true;
        return first;
    }

    // --- delivery ---

    @Override
    boolean deliverNext(DeliverySink sink, Delivering delivering) {
        Delivery delivery = nextDue(delivering);
        if (delivery == null) {
            passOverSettled(delivering);
            if (deliverLive(sink)) {
                return true;
            }
            delivery = nextFromCursor(delivering);
        }
        if (delivery == null) {
            return false;
        }
        delivery.attempts++;
        delivering.delivered(delivery);
        delivering
                .journal()
                .readPayload(
                        delivery.message,
                        sink.deliver(1, delivery.tag, topic().name(), delivery.message.payloadLength));
        return true;
    }

    void dueAgain(Delivery delivery) {
        delivery.state = Delivery.State.DUE;
        due.add(delivery);
    }

    private Delivery nextDue(Delivering delivering) {
        for (Delivery delivery = due.poll(); delivery != null; delivery = due.poll()) {
            if (delivery.state == Delivery.State.DUE) {
                if (!delivery.message.isExpired(delivering.nowMillis())) {
                    return delivery;
                }
                delivering.expire(delivery);
            }
        }
        return null;
    }

    /** A QoS 0 message goes out when everything that arrived before it has. */
    private boolean deliverLive(DeliverySink sink) {
        if (liveCursor == null || !liveCursor.hasNext()) {
            return false;
        }
        if (!cursor.isAtEnd() && cursor.sequence() <= liveCursor.nextArrivedAfter()) {
            return false;
        }
        liveCursor.deliverNext(sink, topic().name());
        return true;
    }

    private Delivery nextFromCursor(Delivering delivering) {
        if (cursor.isAtEnd() || unsettled.size() >= delivering.inFlightMax()) {
            return null;
        }
        StoredMessage message = cursor.message(delivering.journal());
        if (message.isExpired(delivering.nowMillis())) {
            return null; // passing over expired messages stopped: a later request goes on
        }
        Delivery delivery = new Delivery(this, message);
        unsettled.put(delivery.tag, delivery);
        pass();
        return delivery;
    }

    /**
     * The maintenance tick: drops what has expired although nobody polls. Due messages are in the order of their tags,
     * which is that of their expiry unless the TTL was changed between them.
     */
    void dropExpired(Delivering delivering) {
        for (Delivery first = due.peek(); first != null; first = due.peek()) {
            if (first.state == Delivery.State.DUE) {
                boolean gone = first.message.isExpired(delivering.nowMillis())
                        && delivering.tryExpire(this, first.tag, first.message.payloadLength);
                if (!gone) {
                    break;
                }
            }
            due.remove();
        }
        passOverSettled(delivering);
    }

    /**
     * Moves the cursor over messages that are settled or that nobody wants any more. It stops in front of an expired
     * one that cannot be settled for lack of room: nothing is delivered past that.
     */
    private void passOverSettled(Delivering delivering) {
        int expired = 0;
        while (!cursor.isAtEnd()) {
            if (cursor.isSettled()) {
                pass();
            } else if (expired < Delivering.EXPIRED_PER_STEP_MAX && expireNext(delivering)) {
                expired++;
            } else {
                return;
            }
        }
    }

    /** @return whether the message at the cursor has expired and was passed */
    private boolean expireNext(Delivering delivering) {
        StoredMessage message = cursor.message(delivering.journal());
        if (!message.isExpired(delivering.nowMillis())
                || !delivering.tryExpire(this, message.sequence, message.payloadLength)) {
            return false;
        }
        pass();
        return true;
    }

    private void pass() {
        cursor.pass();
        if (cursor.hasLeftPage()) {
            if (deadLetters) {
                messages.trimBefore(cursor.nextSequence());
            } else {
                topic().trim();
            }
        }
    }

    /** A message's move to the dead letters is journalled. */
    void onMoving(Delivery delivery, long letterSequence) {
        delivery.state = Delivery.State.MOVING;
        lastLetterSequence = letterSequence;
    }

    long lastLetterSequence() {
        return lastLetterSequence;
    }

    // --- settlement ---

    /** Whether an acknowledgement of this tag settles something: a delivery, or the dead letter it has become. */
    boolean holds(long tag) {
        return unsettled.containsKey(tag) || lettersByOrigin.containsKey(tag);
    }

    /** The length of the payload that such an acknowledgement settles. */
    int heldPayloadLength(long tag) {
        Delivery delivery = unsettled.get(tag);
        return delivery == null ? lettersByOrigin.get(tag).payloadLength() : delivery.message.payloadLength;
    }

    /** Whether a message is not settled, be it delivered or not. */
    boolean isWaitingFor(long tag) {
        return unsettled.containsKey(tag) || cursor.isWaitingFor(tag);
    }

    // --- what others may know ---

    /** Payload bytes that wait, those in flight included. */
    long backlogBytes() {
        long waiting = cursor.waitingBytes();
        for (Delivery delivery : unsettled.values()) {
            waiting += delivery.message.payloadLength;
        }
        return waiting;
    }

    /** Messages that wait to be delivered, those due again included. */
    long backlog() {
        long again = due.stream().filter(d -> d.state == Delivery.State.DUE).count();
        return cursor.waitingCount() + again + (liveCursor == null ? 0 : liveCursor.backlog());
    }

    /** When the oldest unsettled message was published, in wall-clock milliseconds; 0 when there is none. */
    private long oldestMillis(Delivering delivering) {
        long oldest = cursor.isAtEnd() ? Long.MAX_VALUE : cursor.message(delivering.journal()).publishedMillis;
        for (Delivery delivery : unsettled.values()) {
            oldest = Math.min(oldest, delivery.message.publishedMillis);
        }
        return oldest == Long.MAX_VALUE ? 0 : oldest;
    }

    @Override
    SubscriptionInfo info(Delivering delivering) {
        long oldestMillis = oldestMillis(delivering);
        return new SubscriptionInfo(
                id(),
                topic().toString(),
                1,
                isAttached(),
                Instant.ofEpochMilli(sinceMillis),
                backlog(),
                backlogBytes(),
                unsettled.size(),
                oldestMillis == 0 ? SubscriptionInfo.NO_MESSAGE : delivering.nowMillis() - oldestMillis,
                deadLetters);
    }
}
