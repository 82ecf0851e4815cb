package io.blipmq.broker;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.agrona.collections.Long2ObjectHashMap;

/** The deliveries of one subscription that are not settled, and the order of those that are due again. Owned by the core thread. */
final class Unsettled {
    private final Long2ObjectHashMap<Delivery> byTag = new Long2ObjectHashMap<>();
    /** Some in here are not due any more: they are skipped when they come. */
    private final PriorityQueue<Delivery> due = new PriorityQueue<>(4, Comparator.comparingLong(d -> d.tag));

    int size() {
        return byTag.size();
    }

    boolean contains(long tag) {
        return byTag.containsKey(tag);
    }

    Delivery get(long tag) {
        return byTag.get(tag);
    }

    void put(Delivery delivery) {
        byTag.put(delivery.tag, delivery);
    }

    Delivery remove(long tag) {
        return byTag.remove(tag);
    }

    void clear() {
        byTag.clear();
        due.clear();
    }

    Collection<Delivery> values() {
        return byTag.values();
    }

    /** The tags, in order. */
    long[] tags() {
        long[] tags = new long[byTag.size()];
        int count = 0;
        for (Delivery delivery : byTag.values()) {
            tags[count++] = delivery.tag;
        }
        Arrays.sort(tags);
        return tags;
    }

    /** The tags up to and with one, in no order. */
    long[] tagsThrough(long last) {
        long[] tags = new long[byTag.size()];
        int count = 0;
        for (Delivery delivery : byTag.values()) {
            if (Long.compareUnsigned(delivery.tag, last) <= 0) {
                tags[count++] = delivery.tag;
            }
        }
        return Arrays.copyOf(tags, count);
    }

    /** Payload bytes of all. */
    long payloadBytes() {
        long bytes = 0;
        for (Delivery delivery : byTag.values()) {
            bytes += delivery.message.payloadLength;
        }
        return bytes;
    }

    /** How many have been delivered before, and so are in somebody's hands or were. */
    int deliveredCount() {
        int count = 0;
        for (Delivery delivery : byTag.values()) {
            if (delivery.attempts > 0) {
                count++;
            }
        }
        return count;
    }

    // --- due ---

    void dueAgain(Delivery delivery) {
        delivery.state = Delivery.State.DUE;
        if (!delivery.inDueOrder) {
            delivery.inDueOrder = true;
            due.add(delivery);
        }
    }

    /** The first one that is due, or null. */
    Delivery peekDue() {
        Delivery first = due.peek();
        while (first != null && first.state != Delivery.State.DUE) {
            removeDue();
            first = due.peek();
        }
        return first;
    }

    /** Takes the one away that {@link #peekDue} gave. */
    void removeDue() {
        due.remove().inDueOrder = false;
    }

    /** How many wait to be delivered again, those that wait for that a while yet included. */
    long waitingCount() {
        return byTag.values().stream()
                .filter(d -> d.state == Delivery.State.DUE || d.state == Delivery.State.DELAYED)
                .count();
    }
}
