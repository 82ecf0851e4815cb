package io.blipmq.broker.simulation;

import io.blipmq.broker.journal.OwnerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What the clients of one API key know together, across all connections. Owned by the simulation's thread. */
final class SimulatedKey {
    private static final int REMEMBERED_MAX = 200;

    private final OwnerId owner;
    private final List<Long> subscriptions = new ArrayList<>();
    private final List<Tag> received = new ArrayList<>();

    /** A delivery that might be acknowledged. */
    record Tag(long subscription, long tag, int attempt) {}

    SimulatedKey(String name) {
        owner = OwnerId.ofKey(Texts.bytes(name));
    }

    OwnerId owner() {
        return owner;
    }

    void knows(long subscription) {
        if (!subscriptions.contains(subscription)) {
            subscriptions.add(subscription);
        }
    }

    void received(long subscription, long tag, int attempt) {
        if (received.size() == REMEMBERED_MAX) {
            received.remove(0);
        }
        received.add(new Tag(subscription, tag, attempt));
    }

    /** Any subscription, of a lost connection too; 0 when there is none. */
    long anySubscription(Random random) {
        return subscriptions.isEmpty() ? 0 : subscriptions.get(random.nextInt(subscriptions.size()));
    }

    /** Any delivery, mostly one of the newest; null when there is none. Now and then one that is taken twice. */
    Tag anyReceived(Random random) {
        if (received.isEmpty()) {
            return null;
        }
        int back = random.nextInt(random.nextInt(received.size()) + 1);
        int index = received.size() - 1 - back;
        return random.nextInt(10) == 0 ? received.get(index) : received.remove(index);
    }
}
