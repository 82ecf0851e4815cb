package io.blipmq.broker;

import io.blipmq.broker.backlog.PositionMemory;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.message.MessageView;
import io.blipmq.protocol.name.TopicFilter;
import io.blipmq.protocol.name.Topics;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * The topics and subscriptions that there are, by id, by name and in their order, with what they take of the memory. Owned by
 * the core thread.
 *
 * <p>A durable subscription is here from when its command is appended. Until that is applied it is {@link
 * SubscriptionLife.State#STORING}: it counts for limits and keeps its topic, and is found by {@link #storing} and {@link
 * MessageStream#storing} alone.
 */
final class SubscriptionTable {
    private final BrokerCounters counters;
    private final StateMemory memory;
    private final PositionMemory positions;
    private final MessageStream.NewLog newMemoryLog;
    private final Consumer<StoredSubscription> announceChange;
    private final TopicTable topics = new TopicTable();
    private final FilterTable filters;
    private final Long2ObjectHashMap<Subscription> byId = new Long2ObjectHashMap<>();
    /** By id: durable ones, oldest first, and then those in memory. For lists and walks that go on in a later turn. */
    private final TreeMap<Long, Subscription> ordered = new TreeMap<>();

    private final Map<SubscriptionName, StoredSubscription> named = new HashMap<>();
    /** No name is in both. */
    private final Map<SubscriptionName, MemorySubscription> memoryGroups = new HashMap<>();
    /** Of those that are storing: one that gives way to a new one has the same name until that is stored. */
    private final Set<SubscriptionName> storingNames = new HashSet<>();

    private long streamsMade;

    /** @param announceChange is told before what a checkpoint keeps of a durable subscription changes */
    SubscriptionTable(
            BrokerCounters counters,
            StateMemory memory,
            PositionMemory positions,
            MessageStream.NewLog newMemoryLog,
            int routesCached,
            Consumer<StoredSubscription> announceChange) {
        this.announceChange = announceChange;
        this.counters = counters;
        this.memory = memory;
        this.positions = positions;
        this.newMemoryLog = newMemoryLog;
        this.filters = new FilterTable(counters, routesCached);
    }

    // --- topics and filters ---

    TopicTable topics() {
        return topics;
    }

    /** The topic of this name, made when there is none. */
    Topic topic(byte[] name) {
        Topic topic = topics.find(name);
        if (topic == null) {
            topic = new Topic(++streamsMade, name, newMemoryLog, positions);
            topics.add(topic);
            counters.add(BrokerMetric.TOPICS, 1);
        }
        return topic;
    }

    FilterTable filters() {
        return filters;
    }

    /**
     * What a subscription reads, made when there is none.
     *
     * @param name of a topic, or the text of a filter
     */
    MessageStream stream(byte[] name, boolean filter) {
        if (!filter) {
            return topic(name);
        }
        FilterStream stream = filters.find(name);
        if (stream == null) {
            stream = new FilterStream(++streamsMade, TopicFilter.of(name), newMemoryLog, positions);
            filters.add(stream);
            counters.add(BrokerMetric.FILTERS, 1);
        }
        return stream;
    }

    /** What there is of this name, a topic or a filter; or null. */
    MessageStream existing(byte[] name, boolean filter) {
        return filter ? filters.find(name) : topics.find(name);
    }

    /** What the subscriptions read whose letters a dead-letter topic takes: a topic, a filter that is called the same, or both. */
    List<MessageStream> origins(byte[] letterTopicName) {
        byte[] name = Topics.originName(letterTopicName);
        List<MessageStream> origins = new ArrayList<>(2);
        for (MessageStream origin : new MessageStream[] {topics.find(name), filters.find(name)}) {
            if (origin != null) {
                origins.add(origin);
            }
        }
        return origins;
    }

    /**
     * The filters that match a topic.
     *
     * @param topic the one of this name, or null
     */
    Route route(Topic topic, ByteBuffer buffer, int nameOffset, int nameLength) {
        return filters.isEmpty() ? Route.NONE : filters.route(topic, buffer, nameOffset, nameLength);
    }

    /** Whether anybody reads a topic, by its name or by a filter. */
    boolean isRead(byte[] name) {
        ByteBuffer buffer = ByteBuffer.wrap(name);
        Topic topic = topics.find(name);
        return topic != null || !route(null, buffer, 0, name.length).isEmpty();
    }

    /** As {@link #route(Topic, ByteBuffer, int, int)}, for a message. */
    Route route(Topic topic, MessageView message) {
        return route(topic, message.buffer(), message.topicOffset(), message.topicLength());
    }

    private void dropUnneeded(MessageStream stream) {
        if (stream.isNeeded()) {
            return;
        }
        if (stream instanceof FilterStream filter) {
            filters.remove(filter);
            counters.add(BrokerMetric.FILTERS, -1);
        } else {
            topics.remove((Topic) stream);
            counters.add(BrokerMetric.TOPICS, -1);
        }
    }

    // --- subscriptions ---

    /** The memory that all of them take, with their deliveries. */
    StateMemory memory() {
        return memory;
    }

    Subscription get(long id) {
        Subscription found = byId.get(id);
        return found instanceof StoredSubscription stored && stored.life().isStoring() ? null : found;
    }

    /** The durable subscription of this id, or null. */
    StoredSubscription stored(long id) {
        return byId.get(id) instanceof StoredSubscription found && !found.life().isStoring() ? found : null;
    }

    /**
     * The durable subscription of this id, or null when the client's key has none. One whose removal is journalled takes no
     * request any more, because replay would not find it.
     */
    StoredSubscription usable(long id, Client client) {
        StoredSubscription found = stored(id);
        boolean usable =
                found != null && found.belongsTo(client) && !found.life().isRemoving();
        return usable ? found : null;
    }

    /** The one that is coming with this id, or null. */
    StoredSubscription storing(long id) {
        return byId.get(id) instanceof StoredSubscription found && found.life().isStoring() ? found : null;
    }

    boolean isNameStoring(OwnerId owner, byte[] name) {
        return storingNames.contains(SubscriptionName.of(owner, name));
    }

    /** The owner's durable subscription of this name, or null. */
    StoredSubscription named(OwnerId owner, byte[] name) {
        return named.get(SubscriptionName.of(owner, name));
    }

    /** The owner's QoS 0 subscription that a group of this name shares, or null. */
    MemorySubscription memoryGroup(OwnerId owner, byte[] name) {
        return memoryGroups.get(SubscriptionName.of(owner, name));
    }

    /** Those that are storing included. */
    int count() {
        return byId.size();
    }

    int storingCount() {
        return byId.size() - ordered.size();
    }

    /** Those with ids beyond one, in their order. They must not change while somebody goes through them. */
    Collection<Subscription> behind(long id) {
        return ordered.tailMap(id, false).values();
    }

    /** Durable ones with ids beyond one, oldest first, as {@link #behind}. */
    Iterable<StoredSubscription> storedBehind(long id) {
        NavigableMap<Long, Subscription> found = ordered.subMap(id, false, MemorySubscription.FIRST_ID, false);
        return () -> {
            Iterator<Subscription> all = found.values().iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return all.hasNext();
                }

                @Override
                public StoredSubscription next() {
                    return (StoredSubscription) all.next();
                }
            };
        };
    }

    void add(MemorySubscription subscription) {
        subscription.topic().memorySubscriptionAdded();
        byId.put(subscription.id(), subscription);
        if (subscription.group() != null) {
            memoryGroups.put(SubscriptionName.of(subscription.owner(), subscription.name()), subscription);
        }
        enter(subscription);
    }

    /** A durable one that is storing, until {@link #store}. */
    StoredSubscription make(long id, MessageStream topic, OwnerId owner, byte[] name, boolean endsWithConnection) {
        StoredSubscription made =
                new StoredSubscription(id, topic, owner, name, endsWithConnection, positions, memory, announceChange);
        byId.put(id, made);
        topic.storing().add(made);
        if (name.length > 0) {
            storingNames.add(nameOf(made));
        }
        return made;
    }

    /** @param firstSequence its messages begin at or beyond this number */
    void store(StoredSubscription subscription, long firstSequence) {
        subscription.onStored(firstSequence);
        subscription.topic().storing().remove(subscription);
        subscription.topic().stored().add(subscription);
        if (subscription.name().length > 0) {
            storingNames.remove(nameOf(subscription));
            named.put(nameOf(subscription), subscription);
        }
        enter(subscription);
    }

    void remove(MemorySubscription subscription) {
        subscription.topic().memorySubscriptionEnded();
        if (subscription.group() != null) {
            memoryGroups.remove(SubscriptionName.of(subscription.owner(), subscription.name()));
        }
        leave(subscription);
    }

    void remove(StoredSubscription subscription) {
        named.remove(nameOf(subscription), subscription);
        subscription.topic().stored().remove(subscription);
        leave(subscription);
    }

    private static SubscriptionName nameOf(StoredSubscription subscription) {
        return SubscriptionName.of(subscription.owner(), subscription.name());
    }

    private void enter(Subscription subscription) {
        ordered.put(subscription.id(), subscription);
        memory.addSubscription(subscription);
        counters.add(BrokerMetric.SUBSCRIPTIONS, 1);
    }

    private void leave(Subscription subscription) {
        byId.remove(subscription.id());
        ordered.remove(subscription.id());
        memory.removeSubscription(subscription);
        counters.add(BrokerMetric.SUBSCRIPTIONS, -1);
        dropUnneeded(subscription.topic());
    }
}
