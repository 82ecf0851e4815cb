package io.blipmq.broker.simulation;

import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** What connections that poll ask for, at random. Owned by the simulation's thread. */
final class PolledRequests {
    private final Random random;
    private final String[] topics;
    private final List<SimulatedKey> keys;
    private final Consumer<String> note;

    PolledRequests(Random random, String[] topics, List<SimulatedKey> keys, Consumer<String> note) {
        this.random = random;
        this.topics = topics;
        this.keys = keys;
        this.note = note;
    }

    void request(SimulatedClient client) {
        int choice = random.nextInt(100);
        if (choice < 40) {
            publish(client);
        } else if (choice < 50) {
            client.ping();
        } else if (choice < 54) {
            subscribe(client);
        } else if (choice < 78) {
            poll(client);
        } else {
            acknowledge(client);
        }
    }

    private void publish(SimulatedClient client) {
        int qos = random.nextInt(4) == 0 ? 0 : 1;
        String topic = anyTopic();
        int count = 1 + random.nextInt(4);
        note.accept(client + " publishes " + count + " at QoS " + qos + " to " + topic);
        for (int i = 0; i < count; i++) {
            client.publish(qos, topic, random.nextInt(random.nextInt(8) == 0 ? 900 : 40));
        }
    }

    private void subscribe(SimulatedClient client) {
        int qos = random.nextInt(3) == 0 ? 0 : 1;
        String topic = qos == 1 && random.nextInt(3) == 0 ? Model.DEAD_LETTERS + anyTopic() : anyTopic();
        note.accept(client + " subscribes to " + topic + " at QoS " + qos);
        client.subscribe(qos, topic);
    }

    String anyTopic() {
        return topics[random.nextInt(topics.length)];
    }

    private void poll(SimulatedClient client) {
        long subscription = pollable(client);
        int count = 1 + random.nextInt(6);
        note.accept(client + " polls " + subscription + " " + count + " times");
        for (int i = 0; i < count; i++) {
            client.poll(subscription);
        }
    }

    /** Mostly an own subscription, sometimes one of the key, and now and then any. */
    private long pollable(SimulatedClient client) {
        int choice = random.nextInt(20);
        if (choice < 14 && !client.subscriptions().isEmpty()) {
            return client.subscriptions()
                    .get(random.nextInt(client.subscriptions().size()));
        }
        SimulatedKey key = choice < 19 ? client.key() : keys.get(random.nextInt(keys.size()));
        return key.anySubscription(random);
    }

    private void acknowledge(SimulatedClient client) {
        SimulatedKey key = random.nextInt(30) == 0 ? keys.get(random.nextInt(keys.size())) : client.key();
        for (int count = 1 + random.nextInt(6); count > 0; count--) {
            SimulatedKey.Tag tag = key.anyReceived(random);
            if (tag == null) {
                return;
            }
            note.accept(client + " acknowledges " + tag);
            client.acknowledge(tag.subscription(), tag.tag());
        }
    }
}
