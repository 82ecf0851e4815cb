package io.blipmq.cli.bench;

import io.blipmq.client.Delivery;

/** Owned by its subscription's handler. Checks one subscription's deliveries. Each publisher numbers what it sends a topic. */
final class BenchSubscriber {
    private final Tally tally;
    private final long[] next;

    BenchSubscriber(BenchPlan plan, Tally tally) {
        this.tally = tally;
        this.next = new long[plan.publishers()];
    }

    void onDelivery(Delivery delivery) {
        byte[] body = delivery.body();
        int publisher = Payload.publisher(body);
        long number = Payload.number(body);
        if (number < next[publisher]) {
            // At least once: what was delivered before may come again after a reconnect.
            tally.duplicated.increment();
            if (delivery.attempt() <= 1) {
                tally.reordered.increment();
            }
            return;
        }
        if (number > next[publisher] && delivery.qos() == 1) {
            tally.reordered.increment();
        }
        next[publisher] = number + 1;
        tally.onDelivered(System.nanoTime() - Payload.dueNanos(body));
    }
}
