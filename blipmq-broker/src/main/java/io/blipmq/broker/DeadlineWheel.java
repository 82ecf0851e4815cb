package io.blipmq.broker;

import java.util.function.Consumer;

/**
 * The deadlines of deliveries in flight. Owned by the core thread.
 *
 * <p>A hashed timing wheel (Varghese and Lauck, 1987, scheme 6) whose slots are intrusive lists: scheduling and
 * cancelling are a few pointer writes and no allocation, which is what happens to nearly every deadline. A deadline
 * beyond one revolution stays in its slot until its time.
 */
final class DeadlineWheel {
    private final Delivery[] slots;
    private final int tickShift;
    private final long startNanos;
    private long tick;
    private int count;

    DeadlineWheel(long startNanos, BrokerLimits limits) {
        this.slots = new Delivery[limits.wheelSlots()];
        this.tickShift = limits.wheelTickShift();
        this.startNanos = startNanos;
    }

    void schedule(Delivery delivery, long deadlineNanos) {
        assert !delivery.scheduled;
        delivery.deadlineNanos = deadlineNanos;
        int slot = slotOf(deadlineNanos);
        Delivery first = slots[slot];
        delivery.wheelNext = first;
        if (first != null) {
            first.wheelPrevious = delivery;
        }
        slots[slot] = delivery;
        delivery.scheduled = true;
        count++;
    }

    void cancel(Delivery delivery) {
        if (!delivery.scheduled) {
            return;
        }
        if (delivery.wheelPrevious == null) {
            slots[slotOf(delivery.deadlineNanos)] = delivery.wheelNext;
        } else {
            delivery.wheelPrevious.wheelNext = delivery.wheelNext;
        }
        if (delivery.wheelNext != null) {
            delivery.wheelNext.wheelPrevious = delivery.wheelPrevious;
        }
        delivery.wheelNext = null;
        delivery.wheelPrevious = null;
        delivery.scheduled = false;
        count--;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Hands out every delivery whose deadline has passed, to within a tick; it is no longer scheduled then. */
    int advance(long nowNanos, Consumer<Delivery> expired) {
        long nowTick = nowNanos - startNanos >> tickShift;
        if (nowTick <= tick) {
            return 0;
        }
        long from = Math.max(tick + 1, nowTick - slots.length + 1);
        tick = nowTick;
        int fired = 0;
        for (long t = from; t <= nowTick && count > 0; t++) {
            fired += fireSlot((int) t & slots.length - 1, nowTick, expired);
        }
        return fired;
    }

    private int fireSlot(int slot, long nowTick, Consumer<Delivery> expired) {
        int fired = 0;
        Delivery previous;
        for (Delivery delivery = oldestIn(slot); delivery != null; delivery = previous) {
            previous = delivery.wheelPrevious;
            if (tickOf(delivery.deadlineNanos) <= nowTick) {
                cancel(delivery);
                expired.accept(delivery);
                fired++;
            }
        }
        return fired;
    }

    private Delivery oldestIn(int slot) {
        Delivery oldest = slots[slot];
        while (oldest != null && oldest.wheelNext != null) {
            oldest = oldest.wheelNext;
        }
        return oldest;
    }

    /** Rounded up, so that nothing fires early, and never into a tick that has been handed out already. */
    private long tickOf(long deadlineNanos) {
        return (deadlineNanos - startNanos >> tickShift) + 1;
    }

    private int slotOf(long deadlineNanos) {
        return (int) tickOf(deadlineNanos) & slots.length - 1;
    }
}
