package io.blipmq.broker;

import io.blipmq.broker.backlog.MessageCursor;
import io.blipmq.broker.journal.MessageStore;
import io.blipmq.broker.journal.StoredMessage;
import io.blipmq.broker.memory.MemoryCursor;
import io.blipmq.protocol.entry.EntryLayout;
import java.nio.ByteBuffer;

/**
 * What comes next in a {@link StoredSubscription}, for a POLL or a push. Owned by the core thread.
 *
 * <p>Due redeliveries come first, in order; then by arrival what waits at the cursor, and between that the QoS 0 messages
 * that arrived while a connection was attached.
 */
final class StoredReader {
    /** What reading the head of the next message is taken to cost a tick; it is seldom read from the disk itself. */
    private static final int READ_WORK = 32;

    private final StoredSubscription subscription;
    private final MessageStream topic;
    private final MessageCursor cursor;
    private final Unsettled unsettled;
    /** Null without a connection: then QoS 0 messages pass by. */
    private MemoryCursor memoryCursor;

    StoredReader(StoredSubscription subscription) {
        this.subscription = subscription;
        this.topic = subscription.topic();
        this.cursor = subscription.cursor();
        this.unsettled = subscription.unsettled();
    }

    void openMemory() {
        memoryCursor = topic.openMemoryOfStored();
    }

    /** @return QoS 0 messages that were waiting and are lost */
    long closeMemory() {
        long lost = memoryCursor.backlog();
        memoryCursor.close();
        memoryCursor = null;
        return lost;
    }

    long memoryBacklog() {
        return memoryCursor == null ? 0 : memoryCursor.backlog();
    }

    /** As {@link Subscription#deliverNext}. */
    int deliverNext(InFlight inHand, DeliverySink sink, Deliveries deliveries) {
        Delivery delivery = nextDue(deliveries);
        if (delivery == null) {
            boolean stopped = passOverSettled(deliveries);
            if (cursor.isSearching()) {
                return Subscription.AGAIN;
            }
            if (isMemoryNext(deliveries)) {
                memoryCursor.takeNext(sink.deliver(0, 0, topic.name(), memoryCursor.nextPayloadBytes()));
                return 1;
            }
            delivery = nextFromCursor(deliveries);
            if (delivery == null) {
                return stopped ? Subscription.AGAIN : 0;
            }
        }
        delivery.beginAttempt();
        inHand.add(delivery);
        deliveries.delivered(delivery);
        StoredMessage message = delivery.message;
        deliveries.messages().readPayload(message, sink.deliver(1, delivery.tag, topic.name(), message.payloadLength));
        return 1;
    }

    /** As {@link Subscription#pushNext}. */
    int pushNext(Attachment attachment, long countMax, Deliveries deliveries) {
        Delivery delivery = nextDue(deliveries);
        if (delivery == null) {
            boolean stopped = passOverSettled(deliveries);
            if (cursor.isSearching()) {
                return Subscription.AGAIN;
            }
            if (isMemoryNext(deliveries)) {
                return memoryCursor.push(attachment, countMax);
            }
            delivery = nextFromCursor(deliveries);
            if (delivery == null) {
                return stopped ? Subscription.AGAIN : whyNone(deliveries);
            }
        }
        delivery.beginAttempt();
        attachment.onDelivered(delivery);
        deliveries.delivered(delivery);
        push(delivery, deliveries.messages());
        attachment.spendBytes(delivery.message.contentBytes());
        return 1;
    }

    /**
     * An expired message that has found no room stands before whatever comes behind it: QoS 0 messages, too, which do not
     * care how many deliveries are unsettled.
     */
    private int whyNone(Deliveries deliveries) {
        if (!cursor.isAtEnd() && !isFull(deliveries) && isShort(deliveries)) {
            return Subscription.SHORT;
        }
        boolean isExpiredNext = cursor.mayExpire()
                && !cursor.isAtEnd()
                && !cursor.isSettled()
                && cursor.message().isExpired(deliveries.nowMillis());
        return isExpiredNext ? Subscription.STALLED : 0;
    }

    /** Whether this one has as many unsettled as it may. */
    private boolean isFull(Deliveries deliveries) {
        return subscription.heldCount(deliveries.limits()) >= deliveries.inFlightMax();
    }

    /** Whether all subscriptions together hold so much that this one may not have more just now. */
    private boolean isShort(Deliveries deliveries) {
        return !deliveries.memory().mayHoldAnother(subscription.keptCount());
    }

    private void push(Delivery delivery, MessageStore messages) {
        StoredMessage message = delivery.message;
        int contentBytes = message.propertiesBytes + message.payloadLength;
        PushSink sink = delivery.holder.client().sink();
        if (topic.filter() != null) {
            byte[] name = LetterProperties.topic(message, messages);
            sink.ofTopic(ByteBuffer.wrap(name), 0, name.length);
        }
        ByteBuffer entry = sink.push(
                subscription.id(),
                delivery.tag,
                delivery.attempts,
                message.publishedMillis,
                EntryLayout.HEADER_BYTES + contentBytes);
        entry.putInt(message.entryLength());
        messages.read(message, -message.propertiesBytes, contentBytes, entry);
        delivery.outputEnd = sink.position();
    }

    private Delivery nextDue(Deliveries deliveries) {
        for (Delivery first = unsettled.peekDue(); first != null; first = unsettled.peekDue()) {
            boolean expired = first.message.isExpired(deliveries.nowMillis());
            if (first.isSetAside() && !expired && isFull(deliveries)) {
                return null;
            }
            unsettled.removeDue();
            if (!expired) {
                return first;
            }
            deliveries.expire(first);
        }
        return null;
    }

    /** A QoS 0 message goes out when everything that arrived before it has. */
    private boolean isMemoryNext(Deliveries deliveries) {
        if (memoryCursor == null || unsettled.setAsideCount() > 0) {
            return false;
        }
        deliveries.dropExpired(memoryCursor);
        if (!memoryCursor.hasNext()) {
            return false;
        }
        return cursor.isAtEnd() ? !cursor.isSearching() : cursor.sequence() > memoryCursor.nextArrivedAfter();
    }

    private Delivery nextFromCursor(Deliveries deliveries) {
        boolean stopped = cursor.isAtEnd() || cursor.isSettled(); // settled: more are to be passed over in a later step
        if (stopped || isFull(deliveries) || isShort(deliveries)) {
            return null;
        }
        StoredMessage message = cursor.message();
        if (message.isExpired(deliveries.nowMillis())) {
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
     *
     * @return whether it has stopped although there may be more
     */
    boolean dropExpired(Deliveries deliveries) {
        for (Delivery first = unsettled.peekDue(); first != null; first = unsettled.peekDue()) {
            boolean gone = first.message.isExpired(deliveries.nowMillis())
                    && deliveries.tryExpire(subscription, first.message);
            if (!gone) {
                break;
            }
            unsettled.removeDue();
        }
        boolean nothingToPass = !cursor.mayExpire() && cursor.settledAhead().isEmpty() && cursor.waitingCount() > 0;
        if (nothingToPass) {
            return false;
        }
        deliveries.work().add(READ_WORK);
        return passOverSettled(deliveries) || cursor.isSearching();
    }

    /**
     * Moves the cursor over messages that are settled or that nobody wants any more. It stops in front of an expired
     * one that cannot be settled for lack of room: nothing is delivered past that.
     *
     * @return whether it has passed as many as it may in one step, so that there may be more
     */
    private boolean passOverSettled(Deliveries deliveries) {
        int passedMax = deliveries.limits().expiredPerStep();
        int passed = 0;
        while (passed < passedMax && !cursor.isAtEnd() && passOne(deliveries)) {
            passed++;
        }
        return passed == passedMax;
    }

    private boolean passOne(Deliveries deliveries) {
        if (cursor.isSettled()) {
            pass(); // the journal need not hold it any more
            deliveries.work().add(1);
            return true;
        }
        return cursor.mayExpire() && expireNext(deliveries);
    }

    /** As far as one step goes. */
    void passSettled(Deliveries deliveries) {
        int left = deliveries.limits().expiredPerStep();
        while (left-- > 0 && !cursor.isAtEnd() && cursor.isSettled()) {
            pass();
        }
    }

    /**
     * On a node that delivers nothing: passes what is settled, and takes out of the order what keeps too much from being
     * passed, as delivering it would.
     *
     * @param settledMax messages beyond the cursor that may stay settled
     * @param keptMax messages that may be taken out
     */
    void follow(int settledMax, int keptMax) {
        while (!cursor.isAtEnd() || cursor.isSearching()) {
            if (cursor.isSearching()) {
                continue;
            }
            if (!cursor.isSettled()) {
                if (cursor.settledAhead().countMost() <= settledMax || unsettled.size() >= keptMax) {
                    return;
                }
                unsettled.put(Delivery.setAside(subscription, cursor.message()));
            }
            pass();
        }
    }

    /** @return whether the message at the cursor has expired and was passed */
    private boolean expireNext(Deliveries deliveries) {
        StoredMessage message = cursor.message();
        if (!message.isExpired(deliveries.nowMillis()) || !deliveries.tryExpire(subscription, message)) {
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
