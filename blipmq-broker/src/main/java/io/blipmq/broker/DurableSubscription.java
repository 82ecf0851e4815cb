package io.blipmq.broker;

import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * A QoS 1 subscription: it outlives its connection, and a message leaves it only by being settled. Owned by the core
 * thread.
 *
 * <p>Its state is a cursor into the topic's {@link MessageLog} and the deliveries that are not settled. The invariant
 * that keeps it small: every message below the cursor is settled unless it is in {@link #unsettled}, and that map is
 * bounded by {@code max_in_flight}.
 */
final class DurableSubscription extends Subscription {
    private final OwnerId owner;
    private final MessageLog messages;
    private final boolean deadLetters;
    private final Long2ObjectHashMap<Delivery> unsettled = new Long2ObjectHashMap<>();
    private final PriorityQueue<Delivery> due = new PriorityQueue<>(4, Comparator.comparingLong(d -> d.tag));
    private final SettledAhead settledAhead = new SettledAhead();
    /** On a dead-letter subscription: where each letter came from, by the letter's tag. */
    private final Long2ObjectHashMap<Letter> letters = new Long2ObjectHashMap<>();
    /** On any other: letters made of this subscription's messages, by the message's tag. */
    private final Long2ObjectHashMap<Letter> lettersByOrigin = new Long2ObjectHashMap<>();

    /** The number of the newest dead letter that is journalled for this subscription, 0 before any. */
    private long lastLetterSequence;

    private long cursorIndex;
    private MessageLog.Page page;
    private Client client;
    private LiveLog.Cursor liveCursor;
    private long detachedNanos;
    /** Since when it has a connection, or has none; wall clock. */
    private long sinceMillis;

    private boolean removing;
    private boolean backlogWarned;

    /** A message in a dead-letter subscription and the subscription it failed in. */
    record Letter(
            DurableSubscription deadLetters, long tag, DurableSubscription origin, long originTag, int attempts) {}

    DurableSubscription(long id, Topic topic, OwnerId owner) {
        super(id, topic);
        this.owner = owner;
        this.deadLetters = topic.isDeadLetters();
        this.messages = deadLetters ? new MessageLog() : topic.messages();
        this.cursorIndex = messages.endIndex();
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

    long cursorIndex() {
        return cursorIndex;
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
        return client != null;
    }

    void attach(Client newClient, long nowMillis) {
        client = newClient;
        sinceMillis = nowMillis;
        liveCursor = topic().live().open();
        backlogWarned = false;
    }

    /**
     * The connection is gone: what it had not acknowledged is due again, except a last delivery, whose deadline decides.
     *
     * @return QoS 0 messages that were waiting and are lost
     */
    long detach(long nowNanos, long nowMillis, DeadlineWheel deadlines, BrokerOptions options) {
        client = null;
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
        delivering.readPayload(
                delivery.payloadPosition,
                delivery.payloadLength,
                sink.deliver(1, delivery.tag, topic().name(), delivery.payloadLength));
        return true;
    }

    void dueAgain(Delivery delivery) {
        delivery.state = Delivery.State.DUE;
        due.add(delivery);
    }

    private Delivery nextDue(Delivering delivering) {
        for (Delivery delivery = due.poll(); delivery != null; delivery = due.poll()) {
            if (delivery.state == Delivery.State.DUE) {
                if (!isExpired(delivery.expiresMillis, delivering)) {
                    return delivery;
                }
                delivering.settle(id(), delivery.tag, expiryReason());
            }
        }
        return null;
    }

    /** A QoS 0 message goes out when everything that arrived before it has. */
    private boolean deliverLive(DeliverySink sink) {
        while (liveCursor != null && liveCursor.hasNext()) {
            long before = liveCursor.nextDurableIndex();
            if (before == LiveLog.JOURNALLED) {
                liveCursor.skipNext();
            } else if (before <= cursorIndex) {
                liveCursor.deliverNext(sink, topic().name());
                return true;
            } else {
                return false;
            }
        }
        return false;
    }

    private Delivery nextFromCursor(Delivering delivering) {
        if (cursorIndex == messages.endIndex() || unsettled.size() >= delivering.inFlightMax()) {
            return null;
        }
        MessageLog.Page current = page();
        if (isExpired(current.expiresMillis(cursorIndex), delivering)) {
            return null; // passing over expired messages stopped at its bound: the next request goes on
        }
        Delivery delivery = deliveryAt(current, cursorIndex);
        unsettled.put(delivery.tag, delivery);
        moveCursor();
        return delivery;
    }

    private Delivery deliveryAt(MessageLog.Page from, long index) {
        return new Delivery(
                this,
                from.sequence(index),
                from.payloadPosition(index),
                from.payloadLength(index),
                from.publishedMillis(index),
                from.expiresMillis(index));
    }

    /**
     * The maintenance tick: drops what has expired although nobody polls. Due messages are in the order of their tags,
     * which is that of their expiry unless the TTL was changed between them.
     */
    void dropExpired(Delivering delivering) {
        for (Delivery first = due.peek(); first != null; first = due.peek()) {
            if (first.state == Delivery.State.DUE) {
                if (!isExpired(first.expiresMillis, delivering)) {
                    break;
                }
                delivering.settle(id(), first.tag, expiryReason());
            }
            due.remove();
        }
        passOverSettled(delivering);
    }

    /** Moves the cursor over messages that are settled or that nobody wants any more. */
    private void passOverSettled(Delivering delivering) {
        int expired = 0;
        while (cursorIndex < messages.endIndex()) {
            if (settledAhead.contains(cursorIndex)) {
                moveCursor();
            } else if (expired < Delivering.EXPIRED_PER_STEP_MAX
                    && isExpired(page().expiresMillis(cursorIndex), delivering)) {
                long tag = page().sequence(cursorIndex);
                moveCursor();
                delivering.settle(id(), tag, expiryReason());
                expired++;
            } else {
                return;
            }
        }
    }

    private boolean isExpired(long expiresMillis, Delivering delivering) {
        return expiresMillis != 0 && expiresMillis <= delivering.nowMillis();
    }

    SettleReason expiryReason() {
        return deadLetters ? SettleReason.DEAD_LETTER_EXPIRED : SettleReason.TTL_EXPIRED;
    }

    private MessageLog.Page page() {
        if (page == null || !page.contains(cursorIndex)) {
            page = messages.page(cursorIndex);
        }
        return page;
    }

    private void moveCursor() {
        int payloadLength = page().payloadLength(cursorIndex);
        boolean leavesPage = !page().contains(cursorIndex + 1);
        cursorIndex++;
        settledAhead.advanceTo(cursorIndex, payloadLength);
        if (leavesPage) {
            page = null;
            trim();
        }
    }

    private void trim() {
        if (deadLetters) {
            messages.trimBefore(cursorIndex);
        } else {
            topic().trim();
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

    /** The message with this tag as long as it is not settled, delivered or not; null otherwise. */
    Delivery unsettledMessage(long tag) {
        Delivery delivery = unsettled.get(tag);
        if (delivery != null) {
            return delivery;
        }
        long index = messages.indexOf(tag);
        return index < cursorIndex || settledAhead.contains(index) ? null : deliveryAt(messages.page(index), index);
    }

    /** Replay: a message that was settled before the restart does not come back. */
    void settleUndelivered(long tag) {
        long index = messages.indexOf(tag);
        if (index < cursorIndex) {
            return;
        }
        settledAhead.add(index, cursorIndex, messages.page(index).payloadLength(index));
        while (cursorIndex < messages.endIndex() && settledAhead.contains(cursorIndex)) {
            moveCursor();
        }
    }

    /** Payload bytes that wait, those in flight included. */
    long backlogBytes() {
        long bytes = messages.bytesFrom(cursorIndex) - settledAhead.payloadBytes();
        for (Delivery delivery : unsettled.values()) {
            bytes += delivery.payloadLength;
        }
        return bytes;
    }

    /** When the oldest unsettled message was published, in wall-clock milliseconds; 0 when there is none. */
    long oldestMillis() {
        long oldest = cursorIndex < messages.endIndex() ? page().publishedMillis(cursorIndex) : Long.MAX_VALUE;
        for (Delivery delivery : unsettled.values()) {
            oldest = Math.min(oldest, delivery.publishedMillis);
        }
        return oldest == Long.MAX_VALUE ? 0 : oldest;
    }

    @Override
    SubscriptionInfo info(long nowMillis) {
        long oldestMillis = oldestMillis();
        return new SubscriptionInfo(
                id(),
                topic().toString(),
                1,
                isAttached(),
                Instant.ofEpochMilli(sinceMillis),
                backlog(),
                unsettled.size(),
                oldestMillis == 0 ? SubscriptionInfo.NO_MESSAGE : nowMillis - oldestMillis,
                deadLetters);
    }

    /** Messages that wait to be delivered, those due again included. */
    long backlog() {
        long again = due.stream().filter(d -> d.state == Delivery.State.DUE).count();
        return messages.endIndex()
                - cursorIndex
                - settledAhead.count()
                + again
                + (liveCursor == null ? 0 : liveCursor.backlog());
    }
}
