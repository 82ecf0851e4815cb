package io.blipmq.net.blip2;

import io.blipmq.broker.DeadLetterSink;
import io.blipmq.broker.DeliveryCounts;
import io.blipmq.broker.DeliveryInfo;
import io.blipmq.broker.ListPage;
import io.blipmq.broker.Listing;
import io.blipmq.broker.MessageSink;
import io.blipmq.broker.ScheduleProgress;
import io.blipmq.broker.ScheduleService;
import io.blipmq.broker.ScheduledInfo;
import io.blipmq.broker.SubscriptionInfo;
import io.blipmq.broker.TopicInfo;
import io.blipmq.net.OutputQueue;
import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.v2.AnswerEncoder;
import io.blipmq.protocol.v2.DeadLetterItem;
import io.blipmq.protocol.v2.DeliveryItem;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.MessageItem;
import io.blipmq.protocol.v2.ScheduledItem;
import io.blipmq.protocol.v2.SubscriptionItem;
import io.blipmq.protocol.v2.TopicItem;
import io.blipmq.protocol.v2.V2Nack;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Writes one LISTING. Owned by the broker thread.
 *
 * <p>Messages and dead letters go straight into the output, as many as a buffer of it has room for, and one however
 * large it is; the other items are small, and a page of the broker's bounds them.
 */
final class ListingWriter implements DeadLetterSink, MessageSink, OutputQueue.Opener {
    private static final int HEADER_BYTES = FrameLayout.HEADER_BYTES + ListLayout.LISTING_ITEMS_OFFSET;
    private static final int NEXT_OFFSET = FrameLayout.PAYLOAD_OFFSET + ListLayout.LISTING_NEXT_OFFSET;

    private final Blip2Session session;
    private final long correlationId;
    private final List<byte[]> items = new ArrayList<>();
    private int itemBytes;
    /** Where the frame stands that messages are written into. */
    private ByteBuffer frame;

    private int frameStart;

    ListingWriter(Blip2Session session, long correlationId) {
        this.session = session;
        this.correlationId = correlationId;
    }

    /** @return null, or why there is no such list */
    Refusal write(int kind, long subscriptionId, byte[] name, ListPage page) {
        OptionalLong next = list(kind, subscriptionId, name, page);
        if (next.isEmpty()) {
            return V2Nack.UNKNOWN_SUBSCRIPTION;
        }
        if (frame == null) {
            writeItems(kind);
        }
        frame.putLong(frameStart + NEXT_OFFSET, next.getAsLong());
        return null;
    }

    private void writeItems(int kind) {
        begin(kind, itemBytes);
        items.forEach(item -> frame.putInt(item.length).put(item));
    }

    /**
     * As {@link #write}, of messages that are to be delivered later.
     *
     * @return false when it takes another turn
     */
    boolean writeScheduled(long afterMillis, ListPage page) {
        ScheduleProgress progress = session.schedule();
        ScheduleService scheduling = session.broker().scheduling();
        if (!scheduling
                .list(session.client(), afterMillis, page, progress, this::onScheduled)
                .isDone()) {
            return false;
        }
        writeItems(ListLayout.SCHEDULED);
        frame.putLong(frameStart + NEXT_OFFSET, progress.next());
        return true;
    }

    private void onScheduled(ScheduledInfo info) {
        add(new ScheduledItem(info.number(), info.dueMillis(), info.topic(), info.bodyBytes()).encode());
    }

    @Override
    public ByteBuffer letter(long tag, long publishedMillis, int entryBytes) {
        if (!beginItem(ListLayout.DEAD_LETTERS, DeadLetterItem.bytes(entryBytes))) {
            return null;
        }
        DeadLetterItem.putHeader(frame, tag, publishedMillis);
        return frame;
    }

    @Override
    public ByteBuffer message(
            long tag, long publishedMillis, byte[] topic, int attempts, DeliveryInfo.State state, int entryBytes) {
        if (!beginItem(ListLayout.MESSAGES, MessageItem.bytes(topic.length, entryBytes))) {
            return null;
        }
        MessageItem.putHeader(
                frame, tag, publishedMillis, attempts, state == null ? MessageItem.WAITING : wireState(state), topic);
        return frame;
    }

    /** @return false when the page has no room for the item */
    private boolean beginItem(int kind, int bytes) {
        if (frame == null) {
            begin(kind, ListLayout.ITEM_LENGTH_BYTES + bytes);
        } else if (session.output().extend(this, ListLayout.ITEM_LENGTH_BYTES + bytes) == null) {
            return false;
        }
        frame.putInt(bytes);
        return true;
    }

    @Override
    public void close(ByteBuffer to, int start) {
        FrameEncoder.close(to, start);
    }

    private OptionalLong list(int kind, long subscriptionId, byte[] name, ListPage page) {
        Listing listing = session.broker().listing();
        return switch (kind) {
            case ListLayout.TOPICS -> OptionalLong.of(listing.topics(session.client(), page, this::onTopic));
            case ListLayout.SUBSCRIPTIONS ->
                OptionalLong.of(
                        listing.subscriptions(session.client(), subscriptionId, name, page, this::onSubscription));
            case ListLayout.DELIVERIES -> listing.deliveries(session.client(), subscriptionId, page, this::onDelivery);
            case ListLayout.DEAD_LETTERS -> listing.deadLetters(session.client(), subscriptionId, page, this);
            default -> listing.messages(session.client(), subscriptionId, page, this);
        };
    }

    private void begin(int kind, int bytes) {
        frame = session.output().open(this, HEADER_BYTES + bytes);
        frameStart = frame.position();
        AnswerEncoder.openListing(frame, correlationId, kind);
    }

    private void onTopic(TopicInfo topic) {
        add(new TopicItem(topic.name(), topic.durable(), topic.temporary(), topic.filter()).encode());
    }

    private void onSubscription(SubscriptionInfo info) {
        int flags = info.qos()
                | (info.durable() ? SubscriptionItem.DURABLE_FLAG : 0)
                | (info.attached() ? SubscriptionItem.ATTACHED_FLAG : 0)
                | (info.deadLetters() ? SubscriptionItem.DEAD_LETTERS_FLAG : 0)
                | (info.filter() ? SubscriptionItem.FILTER_FLAG : 0);
        add(new SubscriptionItem(
                        info.id(),
                        flags,
                        info.topic(),
                        info.name(),
                        counts(info),
                        info.oldestAgeMillis(),
                        info.clientName(),
                        info.clientAddress(),
                        info.members().stream().map(ListingWriter::member).toList(),
                        info.memberCount())
                .encode());
    }

    private static SubscriptionItem.Member member(SubscriptionInfo.Member member) {
        return new SubscriptionItem.Member(
                member.clientName(), member.clientAddress(), member.credit(), member.inHand());
    }

    private static SubscriptionItem.Counts counts(SubscriptionInfo info) {
        DeliveryCounts deliveries = info.deliveries();
        return new SubscriptionItem.Counts(
                info.backlog(),
                deliveries.inFlight(),
                deliveries.dueAgain(),
                deliveries.delayed(),
                deliveries.moving());
    }

    private void onDelivery(DeliveryInfo delivery) {
        add(new DeliveryItem(
                        delivery.tag(),
                        delivery.attempt(),
                        wireState(delivery.state()),
                        Math.min(delivery.deadlineMillis(), 0xffff_ffffL),
                        delivery.publishedMillis(),
                        delivery.bodyBytes())
                .encode());
    }

    private static int wireState(DeliveryInfo.State state) {
        return switch (state) {
            case IN_FLIGHT -> DeliveryItem.IN_FLIGHT;
            case DUE_AGAIN -> DeliveryItem.DUE_AGAIN;
            case MOVING -> DeliveryItem.MOVING;
            case DELAYED -> DeliveryItem.DELAYED;
            case LAST_ATTEMPT_OVER -> DeliveryItem.LAST_ATTEMPT_OVER;
        };
    }

    private void add(byte[] item) {
        items.add(item);
        itemBytes += ListLayout.ITEM_LENGTH_BYTES + item.length;
    }
}
