package io.blipmq.broker;

import java.util.Arrays;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Durable subscriptions that are journalled and not stored yet, with the connections that wait for them. Owned by the
 * core thread.
 */
final class ExpectedSubscriptions {
    private final Long2ObjectHashMap<Expected> bySequence = new Long2ObjectHashMap<>();

    private static final class Expected {
        private final Topic topic;
        private final OwnerId owner;
        private Client client;

        private Expected(Topic topic, Client client) {
            this.topic = topic;
            this.owner = client.owner();
            this.client = client;
        }

        private boolean isFor(byte[] topicName, OwnerId wanted) {
            return owner.equals(wanted) && Arrays.equals(topic.name(), topicName);
        }
    }

    void add(long sequence, Topic topic, Client client) {
        topic.expectSubscription();
        bySequence.put(sequence, new Expected(topic, client));
    }

    /**
     * The subscription exists now.
     *
     * @return the connection that waits for it; null when that is gone, or nobody did
     */
    Client arrived(long sequence) {
        Expected expected = bySequence.remove(sequence);
        if (expected == null) {
            return null;
        }
        expected.topic.expectedSubscriptionArrived();
        return expected.client;
    }

    /** The connection no longer waits; its subscriptions come into being detached. */
    void forget(Client client) {
        for (Expected expected : bySequence.values()) {
            if (expected.client == client) {
                expected.client = null;
            }
        }
    }

    /**
     * Hands the oldest subscription that a lost connection asked for to its successor.
     *
     * @return its id, or 0 when there is none
     */
    long adopt(byte[] topicName, Client client) {
        long oldest = 0;
        Long2ObjectHashMap<Expected>.EntryIterator entries =
                bySequence.entrySet().iterator();
        while (entries.hasNext()) {
            entries.next();
            boolean free = entries.getValue().client == null;
            boolean older = oldest == 0 || entries.getLongKey() < oldest;
            if (free && older && entries.getValue().isFor(topicName, client.owner())) {
                oldest = entries.getLongKey();
            }
        }
        if (oldest != 0) {
            bySequence.get(oldest).client = client;
        }
        return oldest;
    }

    boolean isExpected(OwnerId owner, byte[] topicName) {
        for (Expected expected : bySequence.values()) {
            if (expected.isFor(topicName, owner)) {
                return true;
            }
        }
        return false;
    }

    int count() {
        return bySequence.size();
    }
}
