package io.blipmq.protocol;

import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.entry.PropertiesReader;
import io.blipmq.protocol.entry.PropertyLayout;
import io.blipmq.protocol.name.Topics;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.DeadLetterItem;
import io.blipmq.protocol.v2.DeliverLayout;
import io.blipmq.protocol.v2.DeliveryItem;
import io.blipmq.protocol.v2.HandshakeLayout;
import io.blipmq.protocol.v2.LettersDone;
import io.blipmq.protocol.v2.LettersRequest;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.PublishLayout;
import io.blipmq.protocol.v2.ScheduledItem;
import io.blipmq.protocol.v2.SettleLayout;
import io.blipmq.protocol.v2.SubscriptionItem;
import io.blipmq.protocol.v2.TopicItem;
import io.blipmq.protocol.v2.Welcome;
import java.nio.ByteBuffer;

/**
 * A fuzzer's way into the codec of both versions: a byte for the version, one for the type, and a payload. Owned by the
 * fuzzer's thread.
 *
 * <p>No check reads beyond the payload, and what a check has accepted every accessor can read.
 */
public final class CodecFuzz {
    /** Payloads are read at an offset, and nothing follows them. */
    private static final int OFFSET = 2;

    private final ByteBuffer buffer;
    private final int length;
    private final int end;

    private CodecFuzz(byte[] data) {
        buffer = ByteBuffer.wrap(data);
        length = data.length - OFFSET;
        end = data.length;
    }

    /** The fuzzer's entry. */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length < OFFSET) {
            return;
        }
        FrameType type = FrameType.of(1 + (data[0] & 1), data[1]);
        if (type != null) {
            new CodecFuzz(data).read(type, 1 + (data[0] & 1));
        }
    }

    private void read(FrameType type, int version) {
        switch (type) {
            case HELLO -> readHello(version);
            case AUTH -> readWhen(PayloadLayout.isAuth(buffer, OFFSET, length), OFFSET + 2, length - 2);
            case PUBLISH -> readPublish();
            case SUBSCRIBE -> readSubscribe();
            case NACK -> readNack();
            case PUBLISH_BATCH -> readBatch();
            case ATTACH -> readAttach();
            case SETTLE -> readSettle();
            case SETTLED -> readSettled();
            case DETACH -> readDetach();
            case WELCOME -> readWelcome();
            case CONFIRM -> readConfirm();
            case DELIVER -> readDeliver();
            case DELIVER_TOPIC -> readDeliverTopic();
            case DETACHED -> readDetached();
            case LIST -> readList();
            case LISTING -> readListing();
            case GOAWAY -> readGoAway();
            default -> readFixed(type);
        }
    }

    private void readHello(int version) {
        if (version == 1 && PayloadLayout.isHello(length)) {
            PayloadLayout.helloVersion(buffer, OFFSET);
        } else if (HandshakeLayout.isHello(buffer, OFFSET, length)) {
            int nameLength = HandshakeLayout.helloNameLength(buffer, OFFSET);
            int instanceLength = HandshakeLayout.helloInstanceLength(buffer, OFFSET, nameLength);
            HandshakeLayout.helloHeartbeatMillis(buffer, OFFSET, nameLength, instanceLength);
            int heartbeat = OFFSET + HandshakeLayout.helloInstanceOffset(nameLength) + instanceLength;
            readProperties(heartbeat + Integer.BYTES, end);
        }
    }

    private void readPublish() {
        if (PayloadLayout.isPublish(buffer, OFFSET, length)) {
            int topicLength = PayloadLayout.publishTopicLength(buffer, OFFSET);
            int message = PayloadLayout.publishMessageOffset(topicLength);
            readWhen(true, OFFSET + message, length - message);
        }
    }

    private void readSubscribe() {
        if (PayloadLayout.isSubscribe(buffer, OFFSET, length)) {
            int topicLength = PayloadLayout.subscribeTopicLength(buffer, OFFSET);
            PayloadLayout.subscribeQos(buffer, OFFSET, topicLength);
            Topics.subscribableBytesMax(buffer, OFFSET + PayloadLayout.SUBSCRIBE_TOPIC_OFFSET, topicLength);
        }
    }

    private void readNack() {
        if (PayloadLayout.isNack(buffer, OFFSET, length)) {
            PayloadLayout.nackCode(buffer, OFFSET);
            readWhen(true, OFFSET + PayloadLayout.NACK_TEXT_OFFSET, PayloadLayout.nackTextLength(buffer, OFFSET));
        }
    }

    private void readBatch() {
        if (!PublishLayout.isPublishBatch(buffer, OFFSET, length)) {
            return;
        }
        int from = OFFSET + PublishLayout.entriesOffset(PublishLayout.topicLength(buffer, OFFSET));
        int found = EntryLayout.check(buffer, from, end);
        int count = found < 0 ? found : found & ~EntryLayout.DELIVER_AT_FLAG;
        int at = from;
        for (int i = 0; i < count; i++) {
            EntryLayout.deliverAtMillis(buffer, at);
            at = readEntry(at);
            require(at <= end, "an entry beyond its frame");
        }
        require(count < 0 || at == end, "entries that do not fill their frame");
    }

    private void readAttach() {
        if (!AttachLayout.isAttach(buffer, OFFSET, length)) {
            return;
        }
        int topicLength = AttachLayout.topicLength(buffer, OFFSET);
        int name = OFFSET + AttachLayout.nameOffset(topicLength);
        int nameLength = AttachLayout.nameLength(buffer, OFFSET, topicLength);
        readWhen(true, name, nameLength);
        readProperties(name + nameLength, end);
    }

    private void readSettle() {
        if (!SettleLayout.isSettle(buffer, OFFSET, length)) {
            return;
        }
        int deliveries = OFFSET + SettleLayout.deliveriesOffset(SettleLayout.reasonLength(buffer, OFFSET));
        require(
                deliveries < end && (end - deliveries) % SettleLayout.DELIVERY_BYTES == 0,
                "a part of what names a delivery");
        SettleLayout.tagAt(buffer, end - SettleLayout.DELIVERY_BYTES);
        SettleLayout.attemptAt(buffer, end - SettleLayout.DELIVERY_BYTES);
    }

    private void readSettled() {
        if (SettleLayout.isSettled(buffer, OFFSET, length)) {
            int unknown = (int) SettleLayout.unknown(buffer, OFFSET);
            for (int i = 0; i < unknown; i++) {
                SettleLayout.unknownTag(buffer, OFFSET, i);
            }
        }
    }

    private void readDetach() {
        if (AttachLayout.isDetach(buffer, OFFSET, length)) {
            AttachLayout.detachFlags(buffer, OFFSET);
            int nameLength = AttachLayout.detachNameLength(buffer, OFFSET);
            readWhen(true, OFFSET + AttachLayout.DETACH_NAME_OFFSET, nameLength);
        }
    }

    private void readWelcome() {
        if (HandshakeLayout.isWelcome(buffer, OFFSET, length)) {
            Welcome.read(buffer, OFFSET);
        }
    }

    private void readConfirm() {
        if (!PublishLayout.isConfirm(buffer, OFFSET, length)) {
            return;
        }
        int at = OFFSET;
        while (at < end) {
            require(PublishLayout.runCount(buffer, at) > 0, "a run about nothing");
            readWhen(true, at + PublishLayout.RUN_TEXT_OFFSET, PublishLayout.runTextLength(buffer, at));
            at = PublishLayout.nextRun(buffer, at);
        }
        require(at == end, "runs that do not fill their frame");
    }

    private void readDeliver() {
        if (!DeliverLayout.isDeliver(buffer, OFFSET, length)) {
            return;
        }
        readDeliveries(OFFSET + DeliverLayout.DELIVERIES_OFFSET);
    }

    private void readDeliverTopic() {
        if (DeliverLayout.isDeliverTopic(buffer, OFFSET, length)) {
            int topic = OFFSET + DeliverLayout.topicOffset();
            int topicLength = DeliverLayout.topicLength(buffer, OFFSET);
            readWhen(true, topic, topicLength);
            readDeliveries(topic + topicLength);
        }
    }

    private void readDeliveries(int first) {
        int before = DeliverLayout.deliveryHeaderBytes(DeliverLayout.qos(buffer, OFFSET));
        int at = first;
        while (at < end) {
            at = readEntry(at + before);
        }
        require(at == end, "deliveries that do not fill their frame");
    }

    private void readDetached() {
        if (AttachLayout.isDetached(buffer, OFFSET, length)) {
            AttachLayout.detachedCode(buffer, OFFSET);
            int textLength = AttachLayout.detachedTextLength(buffer, OFFSET);
            readWhen(true, OFFSET + AttachLayout.DETACHED_TEXT_OFFSET, textLength);
        }
    }

    private void readList() {
        if (ListLayout.isList(buffer, OFFSET, length)) {
            readWhen(true, OFFSET + ListLayout.LIST_NAME_OFFSET, ListLayout.listNameLength(buffer, OFFSET));
        }
    }

    private void readListing() {
        if (!ListLayout.isListing(buffer, OFFSET, length)) {
            return;
        }
        int at = OFFSET + ListLayout.LISTING_ITEMS_OFFSET;
        while (at < end) {
            int itemLength = ListLayout.itemLength(buffer, at);
            int item = at + ListLayout.ITEM_LENGTH_BYTES;
            TopicItem.read(buffer, item, itemLength);
            ScheduledItem.read(buffer, item, itemLength);
            SubscriptionItem.read(buffer, item, itemLength);
            DeliveryItem.read(buffer, item, itemLength);
            if (DeadLetterItem.isDeadLetter(buffer, item, itemLength)) {
                readEntry(item + DeadLetterItem.ENTRY_OFFSET);
            }
            at = item + itemLength;
        }
    }

    private void readGoAway() {
        if (HandshakeLayout.isGoAway(buffer, OFFSET, length)) {
            HandshakeLayout.goAwayCode(buffer, OFFSET);
            HandshakeLayout.goAwayMillis(buffer, OFFSET);
            int textLength = HandshakeLayout.goAwayTextLength(buffer, OFFSET);
            readWhen(true, OFFSET + HandshakeLayout.GOAWAY_TEXT_OFFSET, textLength);
        }
    }

    private void readFixed(FrameType type) {
        switch (type) {
            case ATTACHED -> readWhen(AttachLayout.isAttached(length), OFFSET, AttachLayout.ATTACHED_BYTES);
            case CREDIT -> readWhen(AttachLayout.isCredit(length), OFFSET, AttachLayout.CREDIT_PAYLOAD_BYTES);
            case DEAD_LETTERS -> {
                if (ListLayout.isDeadLetters(length)) {
                    LettersRequest.read(buffer, OFFSET);
                }
            }
            case CANCEL -> readWhen(ListLayout.isCancel(length), OFFSET, ListLayout.CANCEL_BYTES);
            case DONE -> {
                readWhen(ListLayout.isDone(length), OFFSET, ListLayout.DONE_BYTES);
                if (LettersDone.isLettersDone(length)) {
                    LettersDone.read(buffer, OFFSET);
                }
            }
            default -> readWhen(PayloadLayout.isSubscriptionId(length), OFFSET, PayloadLayout.SUBSCRIPTION_ID_BYTES);
        }
    }

    /** @return where what follows the entry begins */
    private int readEntry(int at) {
        readWhen(true, EntryLayout.bodyOffset(buffer, at), EntryLayout.bodyLength(buffer, at));
        int next = EntryLayout.bytesAt(buffer, at);
        require(next == EntryLayout.bytesAt(buffer.array(), at), "two opinions of an entry's length");
        int propertiesLength = EntryLayout.propertiesLength(buffer, at);
        if (propertiesLength > 0) {
            int from = EntryLayout.propertiesOffset(at);
            readProperties(from, from + propertiesLength);
        }
        return at + next;
    }

    private void readProperties(int from, int to) {
        boolean published = PropertyLayout.checkPublished(buffer, from, to) >= 0;
        if (PropertyLayout.checkForm(buffer, from, to) != 0) {
            require(!published, "properties that are sound and do not fit");
            return;
        }
        PropertyLayout.checkNoneAsked(buffer, from, to);
        PropertiesReader reader = new PropertiesReader().of(buffer, from, to);
        while (reader.next()) {
            readWhen(true, reader.valueOffset(), reader.valueLength());
            if (published && reader.key() == PropertyLayout.HEADER_KEY) {
                reader.headerName();
                reader.headerValue();
            }
        }
    }

    private void readWhen(boolean accepted, int offset, int bytes) {
        if (accepted) {
            require(bytes >= 0 && offset >= OFFSET && offset + bytes <= end, "a field beyond its frame");
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
