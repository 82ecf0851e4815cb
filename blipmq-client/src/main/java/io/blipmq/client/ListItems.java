package io.blipmq.client;

import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.v2.DeadLetterItem;
import io.blipmq.protocol.v2.DeliveryItem;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.MessageItem;
import io.blipmq.protocol.v2.ScheduledItem;
import io.blipmq.protocol.v2.SubscriptionItem;
import io.blipmq.protocol.v2.TopicItem;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the items of a LISTING. Stateless. */
final class ListItems {
    private static final DeadLetter UNKNOWN = new DeadLetter(0, 0, "", Instant.EPOCH);

    /** @param next the cursor to go on with, 0 after the last page */
    record Page<T>(List<T> items, long next) {}

    /** Reads one item; null stands for one that does not parse. */
    interface Reader<T> {
        T read(ByteBuffer buffer, int offset, int length);
    }

    private ListItems() {}

    /** @return null when something does not parse */
    static <T> Page<T> read(ByteBuffer buffer, int payloadOffset, int payloadLength, Reader<T> reader) {
        if (!ListLayout.isListing(buffer, payloadOffset, payloadLength)) {
            return null;
        }
        List<T> items = new ArrayList<>();
        int end = payloadOffset + payloadLength;
        int at = payloadOffset + ListLayout.LISTING_ITEMS_OFFSET;
        while (at < end) {
            int length = ListLayout.itemLength(buffer, at);
            T item = reader.read(buffer, at + ListLayout.ITEM_LENGTH_BYTES, length);
            if (item == null) {
                return null;
            }
            items.add(item);
            at += ListLayout.ITEM_LENGTH_BYTES + length;
        }
        return new Page<>(items, ListLayout.listingNext(buffer, payloadOffset));
    }

    static TopicInfo topic(ByteBuffer buffer, int offset, int length) {
        TopicItem item = TopicItem.read(buffer, offset, length);
        return item == null
                ? null
                : new TopicInfo(
                        item.name(),
                        Integer.toUnsignedLong(item.durableSubscriptions()),
                        Integer.toUnsignedLong(item.passingSubscriptions()),
                        item.filter());
    }

    static SubscriptionInfo subscription(ByteBuffer buffer, int offset, int length) {
        SubscriptionItem item = SubscriptionItem.read(buffer, offset, length);
        if (item == null) {
            return null;
        }
        return new SubscriptionInfo(
                item.id(),
                item.flags() & SubscriptionItem.QOS_FLAG,
                (item.flags() & SubscriptionItem.DURABLE_FLAG) != 0,
                (item.flags() & SubscriptionItem.ATTACHED_FLAG) != 0,
                (item.flags() & SubscriptionItem.DEAD_LETTERS_FLAG) != 0,
                (item.flags() & SubscriptionItem.FILTER_FLAG) != 0,
                item.topic(),
                item.name(),
                item.counts().backlog(),
                item.counts().inFlight(),
                item.counts().dueAgain(),
                item.counts().delayed(),
                item.counts().moving(),
                item.oldestAgeMillis() < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(item.oldestAgeMillis())),
                item.clientName(),
                item.clientAddress(),
                item.members().stream().map(ListItems::member).toList(),
                item.memberCount());
    }

    private static SubscriptionInfo.Member member(SubscriptionItem.Member member) {
        return new SubscriptionInfo.Member(
                member.clientName(), member.clientAddress(), member.credit(), member.inHand());
    }

    static DeliveryInfo delivery(ByteBuffer buffer, int offset, int length) {
        DeliveryItem item = DeliveryItem.read(buffer, offset, length);
        return item == null
                ? null
                : new DeliveryInfo(
                        item.tag(),
                        item.attempt(),
                        state(item.state()),
                        Duration.ofMillis(item.deadlineMillis()),
                        Instant.ofEpochMilli(item.publishedMillis()),
                        Integer.toUnsignedLong(item.bodyBytes()));
    }

    private static String state(int state) {
        return switch (state) {
            case DeliveryItem.IN_FLIGHT -> "in flight";
            case DeliveryItem.DUE_AGAIN -> "due again";
            case DeliveryItem.MOVING -> "moving";
            case DeliveryItem.DELAYED -> "delayed";
            case DeliveryItem.LAST_ATTEMPT_OVER -> "last attempt over";
            default -> "state " + state;
        };
    }

    static WaitingMessage message(ByteBuffer buffer, int offset, int length) {
        if (!MessageItem.isMessage(buffer, offset, length)) {
            return null;
        }
        int entry = MessageItem.entryOffset(buffer, offset);
        byte[] properties = Deliveries.properties(buffer, entry);
        int state = MessageItem.state(buffer, offset);
        return new WaitingMessage(
                MessageItem.tag(buffer, offset),
                Instant.ofEpochMilli(MessageItem.publishedMillis(buffer, offset)),
                MessageItem.topic(buffer, offset),
                MessageItem.attempts(buffer, offset),
                state == MessageItem.WAITING ? "waiting" : state(state),
                Properties.headers(properties),
                Properties.deadLetter(properties),
                Frames.bytes(buffer, EntryLayout.bodyOffset(buffer, entry), EntryLayout.bodyLength(buffer, entry)));
    }

    static ScheduledMessage scheduled(ByteBuffer buffer, int offset, int length) {
        ScheduledItem item = ScheduledItem.read(buffer, offset, length);
        return item == null
                ? null
                : new ScheduledMessage(
                        item.number(), item.topic(), Instant.ofEpochMilli(item.dueMillis()), item.bodyBytes());
    }

    static DeadLetterMessage deadLetter(ByteBuffer buffer, int offset, int length) {
        if (!DeadLetterItem.isDeadLetter(buffer, offset, length)) {
            return null;
        }
        int entry = offset + DeadLetterItem.ENTRY_OFFSET;
        byte[] properties = Deliveries.properties(buffer, entry);
        return new DeadLetterMessage(
                DeadLetterItem.tag(buffer, offset),
                Instant.ofEpochMilli(DeadLetterItem.publishedMillis(buffer, offset)),
                Properties.deadLetter(properties).orElse(UNKNOWN),
                Properties.headers(properties),
                Frames.bytes(buffer, EntryLayout.bodyOffset(buffer, entry), EntryLayout.bodyLength(buffer, entry)));
    }
}
