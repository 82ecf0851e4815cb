package io.blipmq.broker.simulation;

import java.util.ArrayDeque;
import java.util.Deque;

/** The QoS 0 messages that one subscription may be given. Owned by the simulation's thread. */
final class LiveQueue {
    /** Whether the oldest may be dropped. */
    private final boolean lossy;

    private final Model model;
    private final Deque<Entry> entries = new ArrayDeque<>();

    /** @param before how many QoS 1 messages came before it */
    record Entry(String payload, long before, long publishedMillis) {}

    LiveQueue(Model model) {
        this.lossy = model.isLiveLossy();
        this.model = model;
    }

    void add(String payload, long before, long publishedMillis) {
        entries.add(new Entry(payload, before, publishedMillis));
    }

    private void dropExpired() {
        long ttl = model.options().messageTtlMillis();
        while (ttl > 0 && !entries.isEmpty() && entries.peek().publishedMillis + ttl <= model.nowMillis()) {
            entries.remove();
        }
    }

    /** The oldest, or null; unknown when some may have been dropped. */
    Entry first() {
        dropExpired();
        return lossy ? null : entries.peek();
    }

    boolean isEmpty() {
        dropExpired();
        return entries.isEmpty();
    }

    /** This one was delivered: it must be the oldest, or the oldest that was not dropped. */
    Entry onDelivered(String payload) {
        dropExpired();
        Entry first = entries.poll();
        while (lossy && first != null && !first.payload.equals(payload)) {
            first = entries.poll();
        }
        Entry expected = first;
        Check.that(
                expected != null && expected.payload.equals(payload),
                () -> "QoS 0 '" + Texts.brief(payload) + "' was delivered, expected "
                        + (expected == null ? "nothing" : Texts.brief(expected.payload)));
        return expected;
    }
}
