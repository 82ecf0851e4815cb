package io.blipmq.client;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Thread-safe: hands one subscription's deliveries to its handler, one after another, on an executor that others share. */
final class HandlerPump implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(HandlerPump.class);

    /** Deliveries in one go, before others on the executor have their turn. */
    private static final int TURN_MAX = 64;

    private final Subscription subscription;
    private final DeliveryHandler handler;
    private final Executor executor;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    /** Held while the handler runs. */
    private final ReentrantLock turn = new ReentrantLock();

    private volatile boolean stopped;

    HandlerPump(Subscription subscription, DeliveryHandler handler, Executor executor) {
        this.subscription = subscription;
        this.handler = handler;
        this.executor = executor;
    }

    /** There are deliveries. */
    void wake() {
        if (!stopped && scheduled.compareAndSet(false, true)) {
            try {
                executor.execute(this);
            } catch (RejectedExecutionException e) {
                scheduled.set(false);
                log.warn("{}: the executor accepts no handler any more", subscription, e);
            }
        }
    }

    @Override
    public void run() {
        turn.lock();
        try {
            for (int i = 0; i < TURN_MAX && !stopped; i++) {
                Delivery delivery = subscription.queue().poll();
                if (delivery == null) {
                    break;
                }
                subscription.onTaken(delivery);
                handle(delivery);
            }
        } finally {
            turn.unlock();
            scheduled.set(false);
        }
        if (!subscription.queue().isEmpty()) {
            wake();
        }
    }

    private void handle(Delivery delivery) {
        boolean handled = false;
        try {
            handler.onDelivery(delivery);
            handled = true;
        } catch (Exception | Error e) {
            // An error, too, belongs to this delivery alone: those behind it are not to wait for it.
            String what = delivery.qos() == 0 ? "is not delivered again" : "comes again";
            log.warn("the handler of {} failed; {} {}", subscription, delivery, what, e);
        } finally {
            if (!handled || subscription.options().autoAck()) {
                subscription.settleIfOpen(delivery, handled);
            }
        }
    }

    /** Hands nothing over any more, and waits until the handler is not running, unless it is the caller. */
    void stop(long timeoutNanos) {
        stopped = true;
        if (turn.isHeldByCurrentThread()) {
            return;
        }
        try {
            if (turn.tryLock(timeoutNanos, TimeUnit.NANOSECONDS)) {
                turn.unlock();
            } else {
                log.warn("the handler of {} is still running; what it settles from now on may be lost", subscription);
            }
        } catch (InterruptedException e) {
            throw new ClosedException("interrupted while waiting for a handler", e);
        }
    }
}
