package io.blipmq.broker;

import io.blipmq.protocol.v2.EntryLayout;
import java.nio.ByteBuffer;

/**
 * What comes next in a {@link DurableSubscription}, for a POLL or a push. Owned by the core thread.
 *
 * <p>Due redeliveries come first, in order; then by arrival what waits at the cursor, and between that the QoS 0 messages
 * that arrived while a connection was attached.
 */
final class DurableReader {
    private final DurableSubscription subscription;
    private final Topic topic;
    private final MessageCursor cursor;
    private final Unsettled unsettled;
    /** Null without a connection: then QoS 0 messages pass by. */
    private LiveCursor liveCursor;

    DurableReader(DurableSubscription subscription) {
        this.subscription = subscription;
        this.topic = subscription.topic();
        this.cursor = subscription.cursor();
        this.unsettled = subscription.unsettled();
    }

    void openLive() {
        liveCursor = topic.openDurableLive();
    }

    /** @return QoS 0 messages that were waiting and are lost */
    long closeLive() {
        long lost = liveCursor.backlog();
        liveCursor.close();
        liveCursor = null;
        return lost;
    }

    long liveBacklog() {
        return liveCursor == null ? 0 : liveCursor.backlog();
    }

    /** As {@link Subscription#deliverNext}. */
    int deliverNext(DeliverySink sink, Delivering delivering) {
        Delivery delivery = nextDue(delivering);
        if (delivery == null) {
            boolean stopped = passOverSettled(delivering) >= Delivering.EXPIRED_PER_STEP_MAX;
            if (isLiveNext()) {
                liveCursor.deliverNext(sink, topic.name());
                return 1;
            }
            delivery = nextFromCursor(delivering);
            if (delivery == null) {
                return stopped ? Pushing.AGAIN : 0;
            }
        }
        delivery.beginAttempt();
        subscription.polled().add(delivery);
        delivering.delivered(delivery);
        StoredMessage message = delivery.message;
        delivering.journal().readPayload(message, sink.deliver(1, delivery.tag, topic.name(), message.payloadLength));
        return 1;
    }

    /** As {@link Subscription#pushNext}. */
    int pushNext(Attachment attachment, long countMax, Delivering delivering) {
        Delivery delivery = nextDue(delivering);
        if (delivery == null) {
            boolean stopped = passOverSettled(delivering) >= Delivering.EXPIRED_PER_STEP_MAX;
            if (isLiveNext()) {
                return liveCursor.push(attachment, countMax);
            }
            delivery = nextFromCursor(delivering);
            if (delivery == null) {
                return stopped ? Pushing.AGAIN : whyNone(delivering);
            }
        }
        delivery.beginAttempt();
        attachment.onDelivered(delivery);
        delivering.delivered(delivery);
        push(delivery, delivering.journal());
        attachment.spendBytes(delivery.message.contentBytes());
        return 1;
    }

    /**
     * An expired message that has found no room stands before whatever comes behind it: QoS 0 messages, too, which do not
     * care how many deliveries are unsettled.
     */
    private int whyNone(Delivering delivering) {
        boolean isExpiredNext =
                !cursor.isAtEnd() && cursor.message(delivering.journal()).isExpired(delivering.nowMillis());
        return isExpiredNext ? Pushing.STALLED : 0;
    }

    private void push(Delivery delivery, Journal journal) {
        StoredMessage message = delivery.message;
        int contentBytes = message.propertiesBytes + message.payloadLength;
        Pusher pusher = delivery.holder.client().pusher();
        ByteBuffer entry = pusher.push(
                subscription.id(),
                delivery.tag,
                delivery.attempts,
                message.publishedMillis,
                EntryLayout.HEADER_BYTES + contentBytes);
        entry.putInt(message.entryLength());
        journal.read(message, -message.propertiesBytes, contentBytes, entry);
        delivery.outputEnd = pusher.position();
    }

    private Delivery nextDue(Delivering delivering) {
        for (Delivery first = unsettled.peekDue(); first != null; first = unsettled.peekDue()) {
            unsettled.removeDue();
            if (!first.message.isExpired(delivering.nowMillis())) {
                return first;
            }
            delivering.expire(first);
        }
        return null;
    }

    /** A QoS 0 message goes out when everything that arrived before it has. */
    private boolean isLiveNext() {
        return liveCursor != null
                && liveCursor.hasNext()
                && (cursor.isAtEnd() || cursor.sequence() > liveCursor.nextArrivedAfter());
    }

    private Delivery nextFromCursor(Delivering delivering) {
        if (cursor.isAtEnd() || subscription.heldCount() >= delivering.inFlightMax()) {
            return null;
        }
        StoredMessage message = cursor.message(delivering.journal());
        if (message.isExpired(delivering.nowMillis())) {
            return null; // passing over expired messages stopped: a later request goes on
        }
        Delivery delivery = new Delivery(subscription, message);
        unsettled.put(delivery);
        pass();
        return delivery;
    }

    /**
     * The maintenance tick: drops what has expired although nobody asks for it. It stops at the first message that has not:
     * what expires earlier than those before it is dropped when its turn comes.
     */
    void dropExpired(Delivering delivering) {
        for (Delivery first = unsettled.peekDue(); first != null; first = unsettled.peekDue()) {
            boolean gone = first.message.isExpired(delivering.nowMillis())
                    && delivering.tryExpire(subscription, first.message);
            if (!gone) {
                break;
            }
            unsettled.removeDue();
        }
        passOverSettled(delivering);
    }

    /**
     * Moves the cursor over messages that are settled or that nobody wants any more. It stops in front of an expired
     * one that cannot be settled for lack of room: nothing is delivered past that.
     *
     * @return how many of them had expired; as many as it may be in one step: there may be more
     */
    private int passOverSettled(Delivering delivering) {
        int expired = 0;
        passSettled();
        while (expired < Delivering.EXPIRED_PER_STEP_MAX && !cursor.isAtEnd() && expireNext(delivering)) {
            expired++;
            passSettled();
        }
        return expired;
    }

    /** Moves the cursor over messages that are settled: the journal need not hold them any more. */
    void passSettled() {
        while (!cursor.isAtEnd() && cursor.isSettled()) {
            pass();
        }
    }

    /** @return whether the message at the cursor has expired and was passed */
    private boolean expireNext(Delivering delivering) {
        StoredMessage message = cursor.message(delivering.journal());
        if (!message.isExpired(delivering.nowMillis()) || !delivering.tryExpire(subscription, message)) {
            return false;
        }
        pass();
        return true;
    }

    private void pass() {
        cursor.pass();
        if (cursor.hasLeftPage()) {
            if (subscription.isDeadLetters()) {
                subscription.messages().trimBefore(cursor.nextSequence());
            } else {
                topic.trim();
            }
        }
    }
}
