package io.blipmq.client;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Thread-safe: deliveries on their way from the client's thread to whoever takes them. Bounded by the subscription's credit. */
final class DeliveryQueue {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Delivery> deliveries = new ArrayDeque<>();
    private String endReason = "";

    void addAll(Collection<Delivery> more) {
        lock.lock();
        try {
            deliveries.addAll(more);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** @return null when there is none just now */
    Delivery poll() {
        lock.lock();
        try {
            return deliveries.poll();
        } finally {
            lock.unlock();
        }
    }

    /** @return null when none came in time, or none is going to come */
    Delivery take(long timeoutNanos) throws InterruptedException {
        long left = timeoutNanos;
        lock.lockInterruptibly();
        try {
            while (deliveries.isEmpty() && left > 0 && endReason.isEmpty()) {
                left = changed.awaitNanos(left);
            }
            return deliveries.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Likewise, however long it takes. */
    Delivery take() throws InterruptedException {
        return take(TimeUnit.DAYS.toNanos(36_500));
    }

    /** Takes all that waits just now. */
    List<Delivery> drain() {
        lock.lock();
        try {
            List<Delivery> drained = List.copyOf(deliveries);
            deliveries.clear();
            return drained;
        } finally {
            lock.unlock();
        }
    }

    /** What waits just now. */
    List<Delivery> waiting() {
        lock.lock();
        try {
            return List.copyOf(deliveries);
        } finally {
            lock.unlock();
        }
    }

    boolean isEmpty() {
        lock.lock();
        try {
            return deliveries.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    void clear() {
        lock.lock();
        try {
            deliveries.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is going to come any more. The first reason is kept. */
    void end(String reason) {
        lock.lock();
        try {
            deliveries.clear();
            if (endReason.isEmpty()) {
                endReason = reason;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isEnded() {
        return !endReason().isEmpty();
    }

    String endReason() {
        lock.lock();
        try {
            return endReason;
        } finally {
            lock.unlock();
        }
    }
}
