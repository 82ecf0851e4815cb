package io.blipmq.broker;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * The deliveries of one subscription that are not settled, and the order of those that are due again. Owned by the core thread.
 *
 * <p>One that is {@link Delivery.State#SETTLING} stays here until its settlement is applied: {@link #contains} finds it, and so
 * do {@link #remove} and {@link #values}. Everything else leaves it out and no longer counts it: how many there are is bounded
 * by what the journal takes before it is stored, and by the settlements that may wait for room.
 */
final class Unsettled {
    private final Long2ObjectHashMap<Delivery> byTag = new Long2ObjectHashMap<>();
    private final StateMemory memory;
    private final Runnable beforeChange;
    private long payloadBytes;
    private int delayed;
    private int settling;
    /** Those in state DUE that are {@link Delivery#isSetAside}. */
    private int setAside;
    /** Some in here are not due any more: they are skipped when they come. What was never delivered comes last. */
    private final PriorityQueue<Delivery> due = new PriorityQueue<>(
            4, Comparator.comparing(Delivery::isSetAside).thenComparingLong(delivery -> delivery.tag));

    /** @param beforeChange is told before anything is put in or taken out */
    Unsettled(StateMemory memory, Runnable beforeChange) {
        this.memory = memory;
        this.beforeChange = beforeChange;
    }

    int size() {
        return byTag.size() - settling;
    }

    boolean contains(long tag) {
        return byTag.containsKey(tag);
    }

    Delivery get(long tag) {
        Delivery found = byTag.get(tag);
        return found == null || found.is(Delivery.State.SETTLING) ? null : found;
    }

    /** Whether a delivery is settled but for the log. */
    boolean isSettling(long tag) {
        Delivery found = byTag.get(tag);
        return found != null && found.is(Delivery.State.SETTLING);
    }

    void put(Delivery delivery) {
        beforeChange.run();
        Delivery before = byTag.put(delivery.tag, delivery);
        assert before == null : "tag " + delivery.tag + " is there already";
        payloadBytes += delivery.message.payloadLength;
        setAside += isSetAside(delivery) ? 1 : 0;
        memory.addDelivery();
    }

    Delivery remove(long tag) {
        if (!byTag.containsKey(tag)) {
            return null;
        }
        beforeChange.run();
        Delivery removed = byTag.remove(tag);
        if (removed.is(Delivery.State.SETTLING)) {
            settling--;
        } else {
            uncount(removed);
        }
        return removed;
    }

    private void uncount(Delivery delivery) {
        payloadBytes -= delivery.message.payloadLength;
        memory.removeDeliveries(1);
    }

    void clear() {
        memory.removeDeliveries(size());
        byTag.clear();
        settling = 0;
        setAside = 0;
        payloadBytes = 0;
        due.clear();
    }

    Collection<Delivery> values() {
        return byTag.values();
    }

    /** The tags, in order. */
    long[] tags() {
        long[] tags = new long[size()];
        int count = 0;
        for (Delivery delivery : byTag.values()) {
            if (!delivery.is(Delivery.State.SETTLING)) {
                tags[count++] = delivery.tag;
            }
        }
        Arrays.sort(tags);
        return tags;
    }

    /** Payload bytes of all. */
    long payloadBytes() {
        return payloadBytes;
    }

    /** How many have been delivered before, and so are in somebody's hands or were. */
    int deliveredCount() {
        int count = 0;
        for (Delivery delivery : byTag.values()) {
            if (delivery.delivered) {
                count++;
            }
        }
        return count;
    }

    private static boolean isSetAside(Delivery delivery) {
        return delivery.isSetAside() && delivery.is(Delivery.State.DUE);
    }

    /** One that was set aside is about to be handed out. */
    void onFirstAttempt() {
        setAside--;
    }

    /** How many wait as what is behind the cursor does, although they are not there. */
    int setAsideCount() {
        return setAside;
    }

    /** A delivery of this subscription goes to another state. */
    void onTransition(Delivery delivery, Delivery.State to) {
        int more = (to == Delivery.State.DELAYED ? 1 : 0) - (delivery.is(Delivery.State.DELAYED) ? 1 : 0);
        delayed += more;
        memory.addDelayed(more);
        if (delivery.isSetAside()) {
            setAside += (to == Delivery.State.DUE ? 1 : 0) - (delivery.is(Delivery.State.DUE) ? 1 : 0);
        }
        if (to == Delivery.State.SETTLING) {
            settling++;
            uncount(delivery);
        }
    }

    /** How many wait for a delay. */
    int delayedCount() {
        return delayed;
    }

    // --- due ---

    void dueAgain(Delivery delivery) {
        if (!delivery.is(Delivery.State.DUE)) {
            delivery.transitionTo(Delivery.State.DUE);
        }
        if (!delivery.inDueOrder) {
            delivery.inDueOrder = true;
            due.add(delivery);
        }
    }

    /** Of a node that begins to deliver: lists all that are due. */
    void allDue() {
        for (Delivery delivery : byTag.values()) {
            if (delivery.is(Delivery.State.DUE)) {
                dueAgain(delivery);
            }
        }
    }

    /** The first one that is due, or null. */
    Delivery peekDue() {
        Delivery first = due.peek();
        while (first != null && !first.is(Delivery.State.DUE)) {
            removeDue();
            first = due.peek();
        }
        return first;
    }

    /** Takes the one away that {@link #peekDue} gave. */
    void removeDue() {
        due.remove().inDueOrder = false;
    }

    // --- what others may know ---

    /**
     * What one look at all of them shows.
     *
     * @param waitingCount those to be delivered, be they due or delayed
     * @param deliveries those that were delivered
     * @param oldestMillis when the oldest message was published; {@link Long#MAX_VALUE} when there is none
     */
    record Summary(long waitingCount, DeliveryCounts deliveries, long oldestMillis) {}

    Summary summary() {
        long[] counts = new long[DeliveryInfo.State.values().length];
        long undelivered = 0;
        long oldestMillis = Long.MAX_VALUE;
        for (Delivery delivery : byTag.values()) {
            if (delivery.is(Delivery.State.SETTLING)) {
                continue;
            }
            if (delivery.isUnsettled()) {
                counts[delivery.shown().ordinal()]++;
            } else {
                undelivered++;
            }
            oldestMillis = Math.min(oldestMillis, delivery.message.publishedMillis);
        }
        long dueAgain = counts[DeliveryInfo.State.DUE_AGAIN.ordinal()];
        long delayed = counts[DeliveryInfo.State.DELAYED.ordinal()];
        long moving =
                counts[DeliveryInfo.State.MOVING.ordinal()] + counts[DeliveryInfo.State.LAST_ATTEMPT_OVER.ordinal()];
        DeliveryCounts deliveries =
                new DeliveryCounts(counts[DeliveryInfo.State.IN_FLIGHT.ordinal()], dueAgain, delayed, moving);
        return new Summary(undelivered + dueAgain + delayed, deliveries, oldestMillis);
    }
}
