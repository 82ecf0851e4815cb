package io.blipmq.client;

import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Owned by the thread that takes deliveries. A subscription whose deliveries are taken one by one.
 *
 * <pre>{@code
 * try (Receiver orders = client.subscribe("orders").name("bar").receive()) {
 *     for (Delivery order : orders) {
 *         System.out.println(order.text());
 *         if (order.text().startsWith("two")) {
 *             break;
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>With automatic acknowledgement, asking for the next delivery acknowledges the one before, and so does {@link #close}. A
 * program that dies between the two gets it again.
 */
public final class Receiver implements Iterable<Delivery>, AutoCloseable {
    private final Subscription subscription;
    private final DeliveryQueue queue;
    private Delivery last;

    Receiver(Subscription subscription) {
        this.subscription = subscription;
        this.queue = subscription.queue();
    }

    public Subscription subscription() {
        return subscription;
    }

    /**
     * Waits for the next delivery.
     *
     * @throws ClosedException when none is going to come
     */
    public Delivery receive() throws InterruptedException {
        ClientThread.requireMayWait();
        acknowledgeLast();
        Delivery delivery = queue.take();
        if (delivery == null) {
            throw new ClosedException(subscription + " has ended: " + queue.endReason());
        }
        return taken(delivery);
    }

    /** Waits for the next delivery, but no longer than this; empty when none came. */
    public Optional<Delivery> receive(Duration timeout) throws InterruptedException {
        ClientThread.requireMayWait();
        acknowledgeLast();
        Delivery delivery = queue.take(timeout.toNanos());
        if (delivery == null && queue.isEnded()) {
            throw new ClosedException(subscription + " has ended: " + queue.endReason());
        }
        return Optional.ofNullable(delivery).map(this::taken);
    }

    /** The next delivery, if it is here already. */
    public Optional<Delivery> poll() {
        acknowledgeLast();
        return Optional.ofNullable(queue.poll()).map(this::taken);
    }

    /** Deliveries as they come, until the subscription ends; interrupting the thread ends it with a {@link ClosedException}. */
    @Override
    public Iterator<Delivery> iterator() {
        return new Iterator<>() {
            private Delivery next;

            @Override
            public boolean hasNext() {
                if (next == null) {
                    next = takeOrEnd();
                }
                return next != null;
            }

            @Override
            public Delivery next() {
                if (!hasNext()) {
                    throw new NoSuchElementException(subscription + " has ended: " + queue.endReason());
                }
                Delivery taken = next;
                next = null;
                return taken;
            }
        };
    }

    private Delivery takeOrEnd() {
        ClientThread.requireMayWait();
        acknowledgeLast();
        try {
            Delivery delivery = queue.take();
            return delivery == null ? null : taken(delivery);
        } catch (InterruptedException e) {
            throw new ClosedException("interrupted while waiting for a delivery", e);
        }
    }

    private Delivery taken(Delivery delivery) {
        subscription.onTaken(delivery);
        last = delivery;
        return delivery;
    }

    private void acknowledgeLast() {
        if (last != null && subscription.options().autoAck()) {
            subscription.settleIfOpen(last, true);
        }
        last = null;
    }

    /** Leaves the subscription. */
    @Override
    public void close() {
        acknowledgeLast();
        subscription.close();
    }
}
