package io.blipmq.broker;

import io.blipmq.broker.journal.OwnerId;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Durable subscriptions that are journalled and not stored yet, with the connections that wait for them. Owned by the
 * core thread.
 */
final class ExpectedSubscriptions {
    private final WorkMeter work;
    private final Long2ObjectHashMap<Expected> bySequence = new Long2ObjectHashMap<>();
    private final Set<SubscriptionName> names = new HashSet<>();
    /** How many have lost their connection and may be handed to a successor. */
    private int forsaken;

    /** One of them. */
    static final class Expected {
        private final Topic topic;
        private final OwnerId owner;
        /** What asked for it; null for a SUBSCRIBE of a client that polls. */
        private final AttachRequest request;

        private Client client;

        private Expected(Topic topic, Client client, AttachRequest request) {
            this.topic = topic;
            this.owner = client.owner();
            this.client = client;
            this.request = request;
        }

        /** The connection that waits for it; null when that is gone. */
        Client client() {
            return client.isGone() ? null : client;
        }

        AttachRequest request() {
            return request;
        }

        private boolean isForsaken() {
            return request == null && client.isGone();
        }

        private boolean isFor(byte[] topicName, OwnerId wanted) {
            return owner.equals(wanted) && Arrays.equals(topic.name(), topicName);
        }

        /** Null when it has none; that of dead letters is ignored. */
        private SubscriptionName name() {
            boolean named = request != null && request.name().length > 0 && !topic.isDeadLetters();
            return named ? SubscriptionName.of(owner, request.name()) : null;
        }
    }

    ExpectedSubscriptions(WorkMeter work) {
        this.work = work;
    }

    /** @param request null for a SUBSCRIBE of a client that polls */
    void add(long sequence, Topic topic, Client client, AttachRequest request) {
        Expected expected = new Expected(topic, client, request);
        topic.expectSubscription();
        client.countExpected(1);
        bySequence.put(sequence, expected);
        SubscriptionName name = expected.name();
        if (name != null) {
            names.add(name);
        }
    }

    /**
     * The subscription exists now.
     *
     * @return who waits for it; null when nobody asked
     */
    Expected arrived(long sequence) {
        Expected expected = bySequence.remove(sequence);
        if (expected != null) {
            expected.topic.expectedSubscriptionArrived();
            expected.client.countExpected(-1);
            names.remove(expected.name());
            if (expected.isForsaken()) {
                forsaken--;
            }
        }
        return expected;
    }

    /** The connection no longer waits; its subscriptions come into being detached. */
    void forget(Client client) {
        client.leave();
        if (client.sink() == null) {
            forsaken += client.expectedCount();
        }
    }

    /**
     * Hands the oldest subscription that a lost connection asked for to its successor.
     *
     * @return its id, or 0 when there is none
     */
    long adopt(byte[] topicName, Client client) {
        if (forsaken == 0) {
            return 0;
        }
        work.add(bySequence.size());
        long oldest = 0;
        Long2ObjectHashMap<Expected>.EntryIterator entries =
                bySequence.entrySet().iterator();
        while (entries.hasNext()) {
            entries.next();
            boolean older = oldest == 0 || entries.getLongKey() < oldest;
            if (older && entries.getValue().isForsaken() && entries.getValue().isFor(topicName, client.owner())) {
                oldest = entries.getLongKey();
            }
        }
        if (oldest != 0) {
            bySequence.get(oldest).client = client;
            client.countExpected(1);
            forsaken--;
        }
        return oldest;
    }

    boolean isExpected(OwnerId owner, byte[] topicName) {
        work.add(bySequence.size());
        for (Expected expected : bySequence.values()) {
            if (expected.isFor(topicName, owner)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a subscription of this name is on its way. */
    boolean isNameExpected(OwnerId owner, byte[] name) {
        return names.contains(SubscriptionName.of(owner, name));
    }

    int count() {
        return bySequence.size();
    }
}
