package io.blipmq.client;

import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.LettersDone;
import io.blipmq.protocol.v2.LettersRequest;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.RequestEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Thread-safe: looks at what belongs to the client's key, and acts on dead letters. Every call waits for the broker's answer.
 *
 * <p>Lists are taken page by page: while they are, things may change.
 */
public final class BlipAdmin {
    /** Items in one page: small beside a frame, whatever they are. */
    private static final int PAGE_ITEMS = 256;

    private static final byte[] NO_NAME = {};

    private final BlipClient client;

    BlipAdmin(BlipClient client) {
        this.client = client;
    }

    public List<TopicInfo> topics() {
        return all(ListLayout.TOPICS, 0, Integer.MAX_VALUE, ListItems::topic);
    }

    public List<SubscriptionInfo> subscriptions() {
        return all(ListLayout.SUBSCRIPTIONS, 0, Integer.MAX_VALUE, ListItems::subscription);
    }

    /** The subscription with this id. */
    public Optional<SubscriptionInfo> subscription(long id) {
        return all(ListLayout.SUBSCRIPTIONS, id, Integer.MAX_VALUE, ListItems::subscription).stream()
                .filter(subscription -> subscription.id() == id)
                .findFirst();
    }

    /** The unsettled deliveries of a subscription, at most so many. */
    public List<DeliveryInfo> deliveries(long subscription, int max) {
        return all(ListLayout.DELIVERIES, subscription, max, ListItems::delivery);
    }

    /** The dead letters in a dead-letter subscription, oldest first, at most so many. */
    public List<DeadLetterMessage> deadLetters(long subscription, int max) {
        return all(ListLayout.DEAD_LETTERS, subscription, max, ListItems::deadLetter);
    }

    /**
     * Puts dead letters back into the subscription that they failed in, as if they had never been delivered there.
     *
     * @param count at most so many, oldest first
     * @return how many it were
     */
    public long redrive(long subscription, long count) {
        return deadLetters("redriving", ListLayout.REDRIVE, subscription, count, 0);
    }

    /** Likewise, one letter only. */
    public boolean redriveOne(long subscription, long tag) {
        return deadLetters("redriving", ListLayout.REDRIVE, subscription, 1, tag) == 1;
    }

    /**
     * Drops dead letters.
     *
     * @param count at most so many, oldest first
     * @return how many it were
     */
    public long purge(long subscription, long count) {
        return deadLetters("purging", ListLayout.PURGE, subscription, count, 0);
    }

    /** Likewise, one letter only. */
    public boolean purgeOne(long subscription, long tag) {
        return deadLetters("purging", ListLayout.PURGE, subscription, 1, tag) == 1;
    }

    /** Deletes a durable subscription that nobody is attached to, with all it holds. */
    public void delete(String name) {
        byte[] nameBytes = Names.text(name, "a subscription's name", Names.SUBSCRIPTION_BYTES_MAX);
        client.ask(
                "deleting the subscription " + name,
                FrameType.DETACHED,
                AttachLayout.detachFrameBytes(nameBytes.length),
                (to, id) -> RequestEncoder.detach(to, id, 0, AttachLayout.DELETE_FLAG, nameBytes),
                (buffer, offset, length) -> AttachLayout.isDetached(buffer, offset, length));
    }

    private long deadLetters(String what, int action, long subscription, long count, long tag) {
        return client.ask(
                what,
                FrameType.DONE,
                ListLayout.deadLettersFrameBytes(),
                (to, id) -> RequestEncoder.deadLetters(to, id, action, subscription, count, LettersRequest.ofTag(tag)),
                (buffer, offset, length) -> LettersDone.isLettersDone(length)
                        ? LettersDone.read(buffer, offset).count()
                        : null);
    }

    private <T> List<T> all(int kind, long subscription, int max, ListItems.Reader<T> reader) {
        List<T> items = new ArrayList<>();
        long after = 0;
        do {
            int limit = Math.min(PAGE_ITEMS, max - items.size());
            ListItems.Page<T> page = page(kind, subscription, limit, after, reader);
            items.addAll(page.items());
            after = page.next();
        } while (after != 0 && items.size() < max);
        return items;
    }

    private <T> ListItems.Page<T> page(int kind, long subscription, int limit, long after, ListItems.Reader<T> reader) {
        return client.ask(
                "a list",
                FrameType.LISTING,
                ListLayout.listFrameBytes(0),
                (to, id) -> RequestEncoder.list(to, id, kind, limit, subscription, after, NO_NAME),
                (buffer, offset, length) -> ListItems.read(buffer, offset, length, reader));
    }
}
