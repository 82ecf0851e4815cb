package io.blipmq.broker;

import io.blipmq.protocol.v2.EntryLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Lists what belongs to a key, page by page. Owned by the core thread.
 *
 * <p>Each method lists what comes behind {@code after} (0 for the first page), and returns the cursor to go on with, or 0
 * when that was all. A page has {@link #ITEMS_MAX} items at most, whatever is asked for, and ends earlier when many
 * deliveries had to be looked at for it.
 */
public final class Listing {
    /** Bounds the memory and the time of one page. */
    public static final int ITEMS_MAX = 1_000;

    /** Deliveries that are looked at for one page, but for the last item's: two milliseconds. */
    private static final int PAGE_WORK_MAX = 65_536;
    /** A message that is read costs as much as so many of them: it may be on disk. */
    private static final int READ_WORK = 512;

    private final BrokerState state;
    private final Redelivery redelivery;
    private final Journal journal;
    private final WorkMeter work;

    Listing(BrokerState state, Redelivery redelivery, Journal journal, WorkMeter work) {
        this.state = state;
        this.redelivery = redelivery;
        this.journal = journal;
        this.work = work;
    }

    // --- topics ---

    /** How many subscriptions of one key a topic has. */
    private static final class Counts {
        private final Topic topic;
        private int durable;
        private int passing;

        private Counts(Topic topic) {
            this.topic = topic;
        }
    }

    /** Topics that the key has subscriptions to. */
    public long topics(Client client, long after, int limit, Consumer<TopicInfo> sink) {
        work.add(state.subscriptions().size());
        TreeMap<Long, Counts> byNumber = new TreeMap<>();
        for (Subscription subscription : state.subscriptions()) {
            Topic topic = subscription.topic();
            if (topic.number() > after && isOwn(subscription, client)) {
                Counts counts = byNumber.computeIfAbsent(topic.number(), none -> new Counts(topic));
                if (isDurable(subscription)) {
                    counts.durable++;
                } else {
                    counts.passing++;
                }
            }
        }
        int left = page(limit);
        for (Counts counts : byNumber.values()) {
            sink.accept(new TopicInfo(counts.topic.name(), counts.durable, counts.passing));
            if (--left == 0) {
                return counts.topic.number() == byNumber.lastKey() ? 0 : counts.topic.number();
            }
        }
        return 0;
    }

    private static int page(int limit) {
        return Math.max(1, Math.min(limit, ITEMS_MAX));
    }

    private static boolean isOwn(Subscription subscription, Client client) {
        return subscription.owner().equals(client.owner());
    }

    private static boolean isDurable(Subscription subscription) {
        return subscription instanceof DurableSubscription durable && !durable.isPassing();
    }

    // --- subscriptions ---

    /**
     * The key's subscriptions.
     *
     * @param subscriptionId only this one; 0: all
     * @param name only the durable one of this name; empty: all
     */
    public long subscriptions(
            Client client,
            long subscriptionId,
            byte[] name,
            long after,
            int limit,
            Consumer<SubscriptionDetails> sink) {
        List<Subscription> found = name.length > 0
                ? namedSubscription(client, name, subscriptionId, after)
                : subscriptionId == 0
                        ? ownSubscriptions(client, after)
                        : oneSubscription(client, subscriptionId, after);
        int left = page(limit);
        long workEnd = work.items() + PAGE_WORK_MAX;
        long last = 0;
        for (Subscription subscription : found) {
            if (left-- == 0 || work.items() >= workEnd) {
                return last;
            }
            sink.accept(details(subscription));
            last = subscription.id();
        }
        return 0;
    }

    private List<Subscription> namedSubscription(Client client, byte[] name, long id, long after) {
        Subscription named = state.named(client.owner(), name);
        boolean found = named != null && named.id() > after && (id == 0 || named.id() == id);
        return found ? List.of(named) : List.of();
    }

    private List<Subscription> oneSubscription(Client client, long id, long after) {
        Subscription subscription = state.subscription(id);
        return subscription != null && id > after && isOwn(subscription, client) ? List.of(subscription) : List.of();
    }

    /** In order. */
    private List<Subscription> ownSubscriptions(Client client, long after) {
        work.add(state.subscriptions().size());
        List<Subscription> found = new ArrayList<>();
        for (Subscription subscription : state.subscriptions()) {
            if (subscription.id() > after && isOwn(subscription, client)) {
                found.add(subscription);
            }
        }
        found.sort(Comparator.comparingLong(Subscription::id));
        return found;
    }

    private SubscriptionDetails details(Subscription subscription) {
        work.add(subscription.unsettledCount());
        if (subscription instanceof DurableSubscription durable
                && durable.cursor().waitingCount() > 0) {
            work.add(READ_WORK); // how old it is stands in the first one's record
        }
        SubscriptionInfo info = subscription.info(redelivery);
        byte[] name = subscription instanceof DurableSubscription durable ? durable.name() : BrokerState.NO_NAME;
        Client holder = subscription.reader();
        return new SubscriptionDetails(
                info.id(),
                info.qos(),
                subscription.topic().name(),
                name,
                isDurable(subscription),
                info.attached(),
                info.deadLetters(),
                info.backlog(),
                info.deliveries(),
                info.oldestAgeMillis(),
                holder == null ? "" : holder.name(),
                holder == null ? "" : holder.address());
    }

    // --- deliveries ---

    /**
     * Deliveries of a subscription that are not settled.
     *
     * @return {@link Broker#UNKNOWN} when the key has no such subscription
     */
    public long deliveries(Client client, long subscriptionId, long after, int limit, Consumer<DeliveryInfo> sink) {
        Subscription subscription = state.subscription(subscriptionId);
        if (subscription == null || !isOwn(subscription, client)) {
            return Broker.UNKNOWN;
        }
        if (!(subscription instanceof DurableSubscription durable)) {
            return 0;
        }
        work.add(durable.unsettled().size());
        int left = page(limit);
        long last = 0;
        for (long tag : durable.unsettled().tags()) {
            Delivery delivery = durable.unsettled().get(tag);
            if (tag > after && delivery.isUnsettled()) {
                if (left-- == 0) {
                    return last;
                }
                sink.accept(info(delivery));
                last = tag;
            }
        }
        return 0;
    }

    private DeliveryInfo info(Delivery delivery) {
        long leftNanos = delivery.scheduled ? delivery.deadlineNanos - redelivery.nowNanos() : 0;
        return new DeliveryInfo(
                delivery.tag,
                delivery.attempts,
                delivery.shown(),
                Math.max(0, TimeUnit.NANOSECONDS.toMillis(leftNanos)),
                delivery.message.publishedMillis,
                delivery.message.payloadLength);
    }

    // --- dead letters ---

    /**
     * Letters in a dead-letter subscription, oldest first; those on their way back to their subscription are left out.
     *
     * @return {@link Broker#UNKNOWN} when the key has no such subscription
     */
    public long deadLetters(Client client, long subscriptionId, long after, int limit, DeadLetterSink sink) {
        DurableSubscription letters = state.durable(subscriptionId);
        if (letters == null || !letters.isDeadLetters() || !isOwn(letters, client)) {
            return Broker.UNKNOWN;
        }
        work.add(letters.unsettled().size());
        LetterWalk walk = new LetterWalk(letters, journal, after);
        int left = page(limit);
        long last = after;
        for (StoredMessage letter = walk.next(); letter != null; letter = walk.next()) {
            if (left-- == 0 || !list(letter, sink)) {
                return last;
            }
            last = letter.sequence;
        }
        return 0;
    }

    private boolean list(StoredMessage letter, DeadLetterSink sink) {
        int contentBytes = letter.propertiesBytes + letter.payloadLength;
        ByteBuffer entry =
                sink.letter(letter.sequence, letter.publishedMillis, EntryLayout.HEADER_BYTES + contentBytes);
        if (entry == null) {
            return false;
        }
        entry.putInt(letter.entryLength());
        journal.read(letter, -letter.propertiesBytes, contentBytes, entry);
        work.add(READ_WORK);
        return true;
    }
}
