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
     * Hands a subscription that a lost connection asked for to its successor.
     *
     * @return its id, or 0 when there is none
     */
    long adopt(byte[] topicName, Client client) {
        Long2ObjectHashMap<Expected>.EntryIterator entries =
                bySequence.entrySet().iterator();
        while (entries.hasNext()) {
            entries.next();
            Expected expected = entries.getValue();
            if (expected.client == null
                    && expected.owner.equals(client.owner())
                    && Arrays.equals(expected.topic.name(), topicName)) {
                expected.client = client;
                return entries.getLongKey();
            }
        }
        return 0;
    }

    int count() {
        return bySequence.size();
    }
}
