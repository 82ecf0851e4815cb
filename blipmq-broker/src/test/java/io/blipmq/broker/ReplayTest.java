package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random work with restarts at random moments, checked against a model: every stored message that was not acknowledged
 * comes back to every subscription, in order, and no acknowledged one does when its acknowledgement was stored.
 */
class ReplayTest {
    private static final String[] TOPICS = {"a", "b"};

    private final Map<Long, TreeMap<Long, String>> unacknowledged = new HashMap<>();
    private final Map<Long, String> topicOf = new HashMap<>();
    private Random random;
    private TestBroker broker;
    private Client client;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void replayBuildsTheStateThatWasStored(long seed) {
        random = new Random(seed);
        broker = new TestBroker(Options.deliveriesMax(0));
        client = broker.connect("k");
        for (int step = 0; step < 2_000; step++) {
            int action = random.nextInt(1_000);
            if (action < 10) {
                subscribe();
            } else if (action < 500) {
                publish();
            } else if (action < 900) {
                pollAndMaybeAcknowledge();
            } else if (action < 980) {
                broker.pass(random.nextInt(200), TimeUnit.MILLISECONDS);
            } else if (action < 990) {
                broker.journal().wantCheckpoint();
            } else {
                restartAndCheck();
            }
        }
        restartAndCheck();
    }

    private void subscribe() {
        String topic = TOPICS[random.nextInt(TOPICS.length)];
        long id = broker.subscribe(client, 1, topic);
        unacknowledged.putIfAbsent(id, new TreeMap<>());
        topicOf.put(id, topic);
    }

    private void publish() {
        String topic = TOPICS[random.nextInt(TOPICS.length)];
        String payload = "p" + random.nextInt();
        long tag = broker.publishStored(client, topic, payload);
        if (tag > 0) {
            topicOf.forEach((id, subscribed) -> {
                if (subscribed.equals(topic)) {
                    unacknowledged.get(id).put(tag, payload);
                }
            });
        }
    }

    private void pollAndMaybeAcknowledge() {
        if (topicOf.isEmpty()) {
            return;
        }
        List<Long> ids = new ArrayList<>(topicOf.keySet());
        long id = ids.get(random.nextInt(ids.size()));
        TestBroker.Received received = broker.poll(client, id);
        if (received == null) {
            return;
        }
        assertThat(unacknowledged.get(id)).containsEntry(received.tag(), received.payload());
        if (random.nextInt(10) > 0) {
            assertThat(broker.acknowledge(client, id, received)).isTrue();
            unacknowledged.get(id).remove(received.tag());
        }
    }

    private void restartAndCheck() {
        broker.restartCleanly();
        client = broker.connect("k");
        unacknowledged.forEach((id, messages) -> {
            assertThat(broker.pollAll(client, id)).containsExactlyElementsOf(messages.values());
        });
        broker.broker().disconnect(client);
        broker.restart();
        client = broker.connect("k");
    }
}
