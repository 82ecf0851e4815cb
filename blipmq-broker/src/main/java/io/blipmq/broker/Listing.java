package io.blipmq.broker;

import io.blipmq.broker.journal.MessageStore;
import io.blipmq.broker.journal.StoredMessage;
import io.blipmq.protocol.entry.EntryLayout;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Lists what belongs to a key, page by page. Owned by the core thread.
 *
 * <p>Each method lists what comes behind {@link ListPage#after}, and returns the cursor to go on with, or 0 when that was
 * all. A page has a bounded number of items, whatever is asked for, and ends earlier when many
 * deliveries had to be looked at for it.
 */
public final class Listing {
    /** A message that is read costs as much as so many of them: it may be on disk. */
    private static final int READ_WORK = 512;

    private static final byte[] NO_TOPIC = {};

    private final BrokerLimits limits;
    private final SubscriptionTable subscriptions;
    private final Deliveries deliveries;
    private final TurnClock clock;
    private final MessageStore messages;
    private final WorkMeter work;

    Listing(
            BrokerLimits limits,
            SubscriptionTable subscriptions,
            Deliveries deliveries,
            TurnClock clock,
            MessageStore messages,
            WorkMeter work) {
        this.limits = limits;
        this.subscriptions = subscriptions;
        this.deliveries = deliveries;
        this.clock = clock;
        this.messages = messages;
        this.work = work;
    }

    // --- topics ---

    /** How many subscriptions of one key a topic has. */
    private static final class Counts {
        private final MessageStream topic;
        private int durable;
        private int temporary;

        private Counts(MessageStream topic) {
            this.topic = topic;
        }
    }

    /** Topics that the key has subscriptions to. */
    public long topics(Client client, ListPage page, Consumer<TopicInfo> sink) {
        work.add(subscriptions.count());
        int left = items(page);
        TreeMap<Long, Counts> byNumber = new TreeMap<>();
        boolean more = false;
        for (Subscription subscription : subscriptions.behind(0)) {
            MessageStream topic = subscription.topic();
            if (topic.number() > page.after() && isOwn(subscription, client)) {
                more |= count(subscription, topic, left, byNumber);
            }
        }
        byNumber.values()
                .forEach(counts -> sink.accept(new TopicInfo(
                        counts.topic.toString(), counts.topic.filter() != null, counts.durable, counts.temporary)));
        return more ? byNumber.lastKey() : 0;
    }

    /** @return whether a topic does not fit on the page, which has those with the lowest numbers */
    private static boolean count(
            Subscription subscription, MessageStream topic, int topicsMax, TreeMap<Long, Counts> byNumber) {
        boolean full = byNumber.size() == topicsMax;
        if (full && topic.number() > byNumber.lastKey()) {
            return true;
        }
        Counts counts = byNumber.computeIfAbsent(topic.number(), none -> new Counts(topic));
        if (isDurable(subscription)) {
            counts.durable++;
        } else {
            counts.temporary++;
        }
        if (byNumber.size() > topicsMax) {
            byNumber.pollLastEntry();
            return true;
        }
        return false;
    }

    private int items(ListPage page) {
        return Math.max(1, Math.min(page.limit(), limits.listItems()));
    }

    private static boolean isOwn(Subscription subscription, Client client) {
        return subscription.owner().equals(client.owner());
    }

    private static boolean isDurable(Subscription subscription) {
        return subscription instanceof StoredSubscription stored && !stored.endsWithConnection();
    }

    // --- subscriptions ---

    /**
     * The key's subscriptions.
     *
     * @param subscriptionId only this one; 0: all
     * @param name only the one of this name; empty: all
     */
    public long subscriptions(
            Client client, long subscriptionId, byte[] name, ListPage page, Consumer<SubscriptionInfo> sink) {
        long after = page.after();
        Collection<Subscription> found = name.length > 0
                ? namedSubscription(client, name, subscriptionId, after)
                : subscriptionId == 0 ? subscriptions.behind(after) : oneSubscription(subscriptionId, after);
        int left = items(page);
        long workEnd = work.items() + limits.listWork();
        long last = after;
        for (Subscription subscription : found) {
            if (left == 0 || work.items() >= workEnd) {
                return last;
            }
            work.add(1);
            last = subscription.id();
            if (isOwn(subscription, client)) {
                work.add(subscription.unsettledCount());
                sink.accept(subscription.info(deliveries));
                left--;
            }
        }
        return 0;
    }

    private Collection<Subscription> namedSubscription(Client client, byte[] name, long id, long after) {
        Subscription durable = subscriptions.named(client.owner(), name);
        Subscription named = durable == null ? subscriptions.memoryGroup(client.owner(), name) : durable;
        boolean found = named != null && named.id() > after && (id == 0 || named.id() == id);
        return found ? List.of(named) : List.of();
    }

    private Collection<Subscription> oneSubscription(long id, long after) {
        Subscription subscription = subscriptions.get(id);
        return subscription != null && id > after ? List.of(subscription) : List.of();
    }

    // --- deliveries ---

    /**
     * Deliveries of a subscription that are not settled.
     *
     * @return empty when the key has no such subscription
     */
    public OptionalLong deliveries(Client client, long subscriptionId, ListPage page, Consumer<DeliveryInfo> sink) {
        Subscription subscription = subscriptions.get(subscriptionId);
        if (subscription == null || !isOwn(subscription, client)) {
            return OptionalLong.empty();
        }
        if (!(subscription instanceof StoredSubscription stored)) {
            return OptionalLong.of(0);
        }
        work.add(stored.unsettled().size());
        int left = items(page);
        long last = 0;
        for (long tag : stored.unsettled().tags()) {
            Delivery delivery = stored.unsettled().get(tag);
            if (tag > page.after() && delivery.isUnsettled()) {
                if (left-- == 0) {
                    return OptionalLong.of(last);
                }
                sink.accept(info(delivery));
                last = tag;
            }
        }
        return OptionalLong.of(0);
    }

    private DeliveryInfo info(Delivery delivery) {
        long leftNanos = delivery.scheduled ? delivery.deadlineNanos - clock.nowNanos() : 0;
        return new DeliveryInfo(
                delivery.tag,
                delivery.attempts,
                delivery.shown(),
                Math.max(0, TimeUnit.NANOSECONDS.toMillis(leftNanos)),
                delivery.message.publishedMillis,
                delivery.message.payloadLength);
    }

    // --- messages ---

    /**
     * Messages that a subscription holds, in the order of their numbers; what has expired, or is on its way to the dead
     * letters, is left out. Nothing changes: they are not delivered.
     *
     * @return empty when the key has no such subscription
     */
    public OptionalLong messages(Client client, long subscriptionId, ListPage page, MessageSink sink) {
        Subscription subscription = subscriptions.get(subscriptionId);
        if (subscription == null || !isOwn(subscription, client)) {
            return OptionalLong.empty();
        }
        if (!(subscription instanceof StoredSubscription stored)) {
            return OptionalLong.of(0);
        }
        work.add(stored.unsettled().size());
        BacklogWalk walk = new BacklogWalk(stored, page.after());
        int left = items(page);
        long workEnd = work.items() + limits.listWork();
        long last = page.after();
        while (walk.next()) {
            if (left == 0 || work.items() >= workEnd) {
                return OptionalLong.of(last);
            }
            work.add(1);
            if (isShown(walk)) {
                if (!list(stored, walk, sink)) {
                    return OptionalLong.of(last);
                }
                left--;
            }
            last = walk.message().sequence;
        }
        return OptionalLong.of(walk.searchedThrough());
    }

    private boolean isShown(BacklogWalk walk) {
        boolean moving = walk.delivery() != null && walk.delivery().shown() == DeliveryInfo.State.MOVING;
        return !moving && !walk.message().isExpired(clock.nowMillis());
    }

    private boolean list(StoredSubscription subscription, BacklogWalk walk, MessageSink sink) {
        Delivery delivery = walk.delivery();
        boolean delivered = delivery != null && delivery.isUnsettled();
        StoredMessage message = walk.message();
        byte[] topic = subscription.topic().filter() == null ? NO_TOPIC : LetterProperties.topic(message, messages);
        ByteBuffer entry = sink.message(
                message.sequence,
                message.publishedMillis,
                topic,
                delivered ? delivery.attempts : 0,
                delivered ? delivery.shown() : null,
                EntryLayout.HEADER_BYTES + message.propertiesBytes + message.payloadLength);
        return entry != null && copy(message, entry);
    }

    // --- dead letters ---

    /**
     * Letters in a dead-letter subscription, oldest first; those on their way back to their subscription are left out.
     *
     * @return empty when the key has no such subscription
     */
    public OptionalLong deadLetters(Client client, long subscriptionId, ListPage page, DeadLetterSink sink) {
        StoredSubscription letters = subscriptions.stored(subscriptionId);
        if (letters == null || !letters.isDeadLetters() || !isOwn(letters, client)) {
            return OptionalLong.empty();
        }
        work.add(letters.unsettled().size());
        LetterWalk walk = new LetterWalk(letters, page.after());
        int left = items(page);
        long last = page.after();
        for (StoredMessage letter = walk.next(); letter != null; letter = walk.next()) {
            if (left-- == 0 || !list(letter, sink)) {
                return OptionalLong.of(last);
            }
            last = letter.sequence;
        }
        return OptionalLong.of(0);
    }

    private boolean list(StoredMessage letter, DeadLetterSink sink) {
        int entryBytes = EntryLayout.HEADER_BYTES + letter.propertiesBytes + letter.payloadLength;
        ByteBuffer entry = sink.letter(letter.sequence, letter.publishedMillis, entryBytes);
        return entry != null && copy(letter, entry);
    }

    private boolean copy(StoredMessage message, ByteBuffer entry) {
        entry.putInt(message.entryLength());
        messages.read(message, -message.propertiesBytes, message.propertiesBytes + message.payloadLength, entry);
        work.add(READ_WORK);
        return true;
    }
}
