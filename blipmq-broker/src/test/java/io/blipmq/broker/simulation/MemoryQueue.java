package io.blipmq.broker.simulation;

import java.util.ArrayDeque;
import java.util.Deque;

/** The QoS 0 messages that one subscription may be given. Owned by the simulation's thread. */
final class MemoryQueue {
    private final Model model;
    /** So many of the newest can be had; the broker drops the others when it looks for the next one. */
    private final int countMax;

    private final Deque<Entry> entries = new ArrayDeque<>();

    /** @param before how many QoS 1 messages came before it */
    record Entry(String payload, long before, long publishedMillis) {}

    MemoryQueue(Model model) {
        this.model = model;
        this.countMax = model.options().memoryMessagesMax();
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

    /** The oldest that can be had, or null. What has expired may stand behind what there are too many of. */
    Entry first() {
        while (entries.size() > countMax) {
            entries.remove();
        }
        dropExpired();
        return entries.peek();
    }

    boolean isEmpty() {
        return first() == null;
    }

    /** This one was delivered: it must be the oldest, or the oldest that was not dropped. */
    Entry onDelivered(String payload) {
        dropExpired();
        Entry first = entries.poll();
        while (first != null && !first.payload.equals(payload) && entries.size() >= countMax) {
            dropExpired();
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
