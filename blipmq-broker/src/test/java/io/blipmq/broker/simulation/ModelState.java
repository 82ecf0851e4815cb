package io.blipmq.broker.simulation;

import io.blipmq.broker.OwnerId;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Who subscribes to what and is owed which messages, as it follows from the commands. Owned by the simulation's thread.
 */
final class ModelState {
    static final String DEAD_LETTERS = "$dead-letter/";

    final TreeMap<Long, ModelSubscription> durable = new TreeMap<>();
    final Map<Long, Passing> passing = new HashMap<>();
    private final TreeMap<Long, Expected> expected = new TreeMap<>();
    private final Model model;

    /** A QoS 0 subscription. */
    record Passing(String topic, SimulatedClient client, LiveQueue live) {}

    /** A durable subscription that is asked for and not stored. */
    private static final class Expected {
        private final OwnerId owner;
        private final String topic;
        private SimulatedClient client;

        private Expected(SimulatedClient client, String topic) {
            this.owner = client.owner();
            this.topic = topic;
            this.client = client;
        }
    }

    ModelState(Model model) {
        this.model = model;
    }

    void clear() {
        durable.clear();
        passing.clear();
        expected.clear();
    }

    /** The topics that exist, some more than once. */
    Stream<String> topics() {
        return Stream.of(
                        durable.values().stream().map(subscription -> subscription.topic),
                        passing.values().stream().map(Passing::topic),
                        expected.values().stream().map(expectation -> expectation.topic))
                .flatMap(topics -> topics);
    }

    // --- connections

    void expect(long id, SimulatedClient client, String topic) {
        expected.put(id, new Expected(client, topic));
    }

    /** @return the subscription that a SUBSCRIBE takes up, 0 when it makes a new one */
    long resumable(OwnerId owner, String topic) {
        for (ModelSubscription candidate : durable.values()) {
            boolean free = candidate.client == null && !candidate.removing || candidate.deadLetters;
            if (free && candidate.owner.equals(owner) && candidate.topic.equals(topic)) {
                return candidate.id;
            }
        }
        for (Map.Entry<Long, Expected> entry : expected.entrySet()) {
            Expected candidate = entry.getValue();
            if (candidate.client == null && candidate.owner.equals(owner) && candidate.topic.equals(topic)) {
                return entry.getKey();
            }
        }
        return 0;
    }

    void resume(SimulatedClient client, long id) {
        ModelSubscription subscription = durable.get(id);
        if (subscription == null) {
            expected.get(id).client = client;
        } else if (subscription.client == null) {
            subscription.attach(client);
        }
    }

    void disconnect(SimulatedClient client) {
        passing.values().removeIf(reader -> reader.client == client);
        durable.values().stream()
                .filter(subscription -> subscription.client == client)
                .forEach(ModelSubscription::detach);
        expected.values().stream()
                .filter(expectation -> expectation.client == client)
                .forEach(expectation -> expectation.client = null);
    }

    // --- what a command does

    void apply(History.Entry entry) {
        Command command = entry.command();
        ModelSubscription subscription = durable.get(command.subscription());
        switch (command.kind()) {
            case PUBLISH -> applyPublish(command);
            case SUBSCRIBE -> create(entry.sequence(), command.owner(), command.topic());
            case SETTLE -> {
                if (subscription != null) {
                    settle(subscription, command.tag());
                }
            }
            case DEAD_LETTER -> {
                if (subscription != null) {
                    move(subscription, command);
                }
            }
            case REMOVE -> durable.remove(command.subscription());
        }
    }

    private void applyPublish(Command command) {
        for (ModelSubscription subscription : durable.values()) {
            if (subscription.topic.equals(command.topic())) {
                subscription.arrive(command.sequence(), command.payload(), command.expiresMillis());
            }
        }
        for (Passing reader : passing.values()) {
            if (reader.topic.equals(command.topic())) {
                reader.live.add(command.payload(), 0);
            }
        }
    }

    private ModelSubscription create(long id, OwnerId owner, String topic) {
        Check.that(
                !topic.startsWith(DEAD_LETTERS) || letters(owner, topic) == null,
                () -> "a second dead-letter subscription to " + topic);
        ModelSubscription subscription = new ModelSubscription(model, id, topic, owner);
        durable.put(id, subscription);
        Expected asked = expected.remove(id);
        if (asked != null && asked.client != null) {
            subscription.attach(asked.client);
        }
        return subscription;
    }

    private void move(ModelSubscription origin, Command command) {
        String topic = DEAD_LETTERS + origin.topic;
        ModelSubscription found = letters(origin.owner, topic);
        ModelSubscription target = found == null ? create(command.sequence(), origin.owner, topic) : found;
        ModelMessage failed = origin.unsettled.remove(command.tag());
        if (failed == null) {
            return;
        }
        target.arrive(command.sequence(), failed.payload, command.expiresMillis());
        ModelSubscription.Letter letter =
                new ModelSubscription.Letter(origin, command.tag(), target, command.sequence());
        origin.lettersMade.put(command.tag(), letter);
        target.letters.put(command.sequence(), letter);
    }

    private ModelSubscription letters(OwnerId owner, String topic) {
        for (ModelSubscription candidate : durable.values()) {
            if (candidate.owner.equals(owner) && candidate.topic.equals(topic)) {
                return candidate;
            }
        }
        return null;
    }

    /** A message leaves a subscription; so does the dead letter made of it. */
    static void settle(ModelSubscription subscription, long tag) {
        subscription.unsettled.remove(tag);
        ModelSubscription.Letter made = subscription.lettersMade.remove(tag);
        if (made != null) {
            settle(made.target(), made.tag());
        }
        ModelSubscription.Letter letter = subscription.letters.remove(tag);
        if (letter != null) {
            letter.origin().lettersMade.remove(letter.originTag());
        }
    }
}
