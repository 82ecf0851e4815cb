package io.blipmq.broker;

import java.util.Arrays;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Durable subscriptions that are journalled and not stored yet, with the connections that wait for them. Owned by the
 * core thread.
 */
final class ExpectedSubscriptions {
    private final Long2ObjectHashMap<Expected> bySequence = new Long2ObjectHashMap<>();

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
            return client;
        }

        AttachRequest request() {
            return request;
        }

        private boolean isNamed(OwnerId wanted, byte[] name) {
            return name.length > 0 && request != null && owner.equals(wanted) && Arrays.equals(request.name(), name);
        }

        private boolean isFor(byte[] topicName, OwnerId wanted) {
            return owner.equals(wanted) && Arrays.equals(topic.name(), topicName);
        }
    }

    /** @param request null for a SUBSCRIBE of a client that polls */
    void add(long sequence, Topic topic, Client client, AttachRequest request) {
        topic.expectSubscription();
        bySequence.put(sequence, new Expected(topic, client, request));
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
        }
        return expected;
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
            boolean free = entries.getValue().client == null && entries.getValue().request == null;
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

    /** Whether a subscription of this name is on its way. */
    boolean isNameExpected(OwnerId owner, byte[] name) {
        for (Expected expected : bySequence.values()) {
            if (expected.isNamed(owner, name)) {
                return true;
            }
        }
        return false;
    }

    int count() {
        return bySequence.size();
    }
}
