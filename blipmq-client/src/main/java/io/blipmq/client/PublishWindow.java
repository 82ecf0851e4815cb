package io.blipmq.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Thread-safe: bounds the messages and bytes that wait for their confirm. Publishers wait in the order in which they came. A
 * message that is larger than the bound is let through when nothing else is on its way.
 */
final class PublishWindow {
    private record Waiter(long bytes, CompletableFuture<Boolean> admitted) {}

    private final int messagesMax;
    private final long bytesMax;
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private int messages;
    private long bytes;
    private String closed;

    PublishWindow(int messagesMax, long bytesMax) {
        this.messagesMax = messagesMax;
        this.bytesMax = bytesMax;
    }

    /** Takes room for one message, if there is some at once. */
    synchronized boolean tryAcquire(long size) {
        if (closed != null) {
            throw new ClosedException(closed);
        }
        boolean admitted = waiters.isEmpty() && hasRoom(size);
        if (admitted) {
            take(size);
        }
        return admitted;
    }

    /** Takes room for one message, and waits for it. */
    void acquire(long size, long timeoutNanos) {
        CompletableFuture<Boolean> admitted = new CompletableFuture<>();
        synchronized (this) {
            if (tryAcquire(size)) {
                return;
            }
            waiters.add(new Waiter(size, admitted));
        }
        if (!admitted.completeOnTimeout(false, timeoutNanos, TimeUnit.NANOSECONDS)
                .join()) {
            throw timedOut();
        }
    }

    private TimedOutException timedOut() {
        List<Waiter> next;
        String reason;
        synchronized (this) {
            reason = closed;
            next = admitted();
        }
        admit(next);
        if (reason != null) {
            throw new ClosedException(reason);
        }
        return new TimedOutException("a publish found no room in time: too many messages are unconfirmed");
    }

    void release(int count, long size) {
        List<Waiter> next;
        synchronized (this) {
            messages -= count;
            bytes -= size;
            next = waiters.isEmpty() ? List.of() : admitted();
        }
        admit(next);
    }

    /** Nobody is let in any more. */
    void close(String reason) {
        List<Waiter> left;
        synchronized (this) {
            closed = reason;
            left = new ArrayList<>(waiters);
            waiters.clear();
        }
        left.forEach(waiter -> waiter.admitted().complete(false));
    }

    /** Takes room for those who are next, without telling them yet. */
    private List<Waiter> admitted() {
        List<Waiter> next = new ArrayList<>();
        waiters.removeIf(waiter -> waiter.admitted().isDone());
        while (!waiters.isEmpty() && hasRoom(waiters.peek().bytes())) {
            take(waiters.peek().bytes());
            next.add(waiters.poll());
        }
        return next;
    }

    /** Who has given up meanwhile gives the room back. */
    private void admit(List<Waiter> next) {
        for (Waiter waiter : next) {
            if (!waiter.admitted().complete(true)) {
                release(1, waiter.bytes());
            }
        }
    }

    private boolean hasRoom(long size) {
        return messages < messagesMax && (bytes + size <= bytesMax || messages == 0);
    }

    private void take(long size) {
        messages++;
        bytes += size;
    }
}
