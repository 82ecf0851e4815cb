package io.blipmq.client;

import io.blipmq.protocol.v2.SettleLayout;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe: a client's part in a topic. It outlives the connection: when there is a new one, it is attached again, a named
 * one to what it holds, one without a name anew, so that what was published meanwhile is missing from it.
 */
public final class Subscription implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Subscription.class);
    private static final byte[] NO_REASON = new byte[0];

    private final SubscriptionOptions options;
    private final ClientCore core;
    private final DeliveryQueue queue;
    private final Settlements settlements;
    private final SubscriptionListener listener;
    private final CompletableFuture<Void> attached = new CompletableFuture<>();

    /** The client's thread's: the broker's number of it on this connection, 0 when it is not attached. */
    private long id;

    private boolean attachedBefore;
    /** Not attached again before then, after a refusal that may pass. */
    private long retryNanos;

    private boolean retrying;
    /** Whether it was told that attaching again is refused. */
    private boolean toldWaiting;

    private volatile boolean resumed;
    private volatile long backlogAtStart;
    private volatile long lastId;
    private volatile HandlerPump pump;

    Subscription(SubscriptionOptions options, SubscriptionListener listener, ClientCore core) {
        this.options = options;
        this.core = core;
        this.listener = listener;
        this.queue = new DeliveryQueue();
        this.settlements = new Settlements(options.credit(), options.creditBytes(), options.total());
    }

    public String topic() {
        return options.topic();
    }

    /** Empty when it has none. */
    public String name() {
        return options.name();
    }

    public int qos() {
        return options.qos();
    }

    /** The broker's number of it, as of the last time it was attached. */
    public long id() {
        return lastId;
    }

    /** Whether it existed before it was attached for the first time. */
    public boolean resumed() {
        return resumed;
    }

    /** Messages that waited to be delivered, for the first time or again, when it was attached for the first time. */
    public long backlogAtStart() {
        return backlogAtStart;
    }

    /** Whether deliveries may still come: it was not closed, taken over, deleted, or expired. */
    public boolean isActive() {
        return !queue.isEnded();
    }

    /** Why it has ended; empty as long as it has not. */
    public String endReason() {
        return queue.endReason();
    }

    /**
     * Leaves the subscription. What was settled before is sent; what is here and not settled the broker delivers again, to
     * the next who attaches. What waited here and nobody has taken is released: that attempt does not count. A handler that is
     * running is waited for, unless it is the caller. On the client's own thread nothing is waited for.
     */
    @Override
    public void close() {
        leave(false);
    }

    /** Leaves the subscription and deletes it, with all it holds. */
    public void delete() {
        ClientThread.requireMayWait();
        leave(true);
    }

    private void leave(boolean delete) {
        if (queue.isEnded()) {
            return;
        }
        stopHandling();
        CompletableFuture<Void> left = new CompletableFuture<>();
        core.thread().execute(() -> core.subscriptions().leave(this, delete, left));
        if (!ClientThread.isAny()) {
            Futures.join(left);
        }
    }

    /** Takes nothing from the queue any more, waits for the handler that is running, and gives back what waits behind it. */
    void stopHandling() {
        HandlerPump running = pump;
        if (running != null) {
            running.stop(ClientThread.isAny() ? 0 : TimeUnit.SECONDS.toNanos(10));
        }
        settlements.giveNoCreditBack();
        queue.drain().forEach(Delivery::release);
    }

    // --- for its handler or receiver ---

    SubscriptionOptions options() {
        return options;
    }

    DeliveryQueue queue() {
        return queue;
    }

    void pumpTo(HandlerPump handlers) {
        pump = handlers;
    }

    /** A delivery has left the queue. */
    void onTaken(Delivery delivery) {
        if (options.countFromBegin()) {
            begin(delivery);
        }
        if (delivery.qos() == 0 && settlements.giveCreditBack(delivery)) {
            core.subscriptions().onSettlement(this);
            core.thread().wakeup();
        }
    }

    /** Returns once the broker would hear of it even if the program died the next moment, or the delivery is not ours any more. */
    private void begin(Delivery delivery) {
        ClientThread.requireMayWait();
        settle(delivery, SettleLayout.BEGIN, 0, "");
        Futures.join(core.written());
    }

    void settle(Delivery delivery, int action, long millis, String reason) {
        byte[] text = Names.text(reason, "a reason", Names.REASON_BYTES_MAX);
        if (delivery.qos() == 1 && settlements.add(delivery, action, millis, text)) {
            core.subscriptions().onSettlement(this);
            core.thread().wakeup();
        }
    }

    /** What automatic acknowledgement does with a delivery that nobody has settled. */
    void settleIfOpen(Delivery delivery, boolean handled) {
        if (handled) {
            delivery.ack();
        } else {
            settle(delivery, SettleLayout.NACK, options.retryDelay().toMillis(), "");
        }
    }

    CompletableFuture<Void> attached() {
        return attached;
    }

    // --- for the client's thread ---

    long currentId() {
        return id;
    }

    boolean isFirstAttach() {
        return !attachedBefore;
    }

    Settlements settlements() {
        return settlements;
    }

    void onAttached(long attachedId, boolean existed, long backlog) {
        id = attachedId;
        lastId = attachedId;
        toldWaiting = false;
        String missed = attachedBefore ? missedMeanwhile(existed) : "";
        if (!attachedBefore) {
            attachedBefore = true;
            resumed = existed;
            backlogAtStart = backlog;
            attached.complete(null);
        }
        tell(SubscriptionState.ATTACHED, missed);
    }

    private String missedMeanwhile(boolean existed) {
        if (!options.isNamed()) {
            return "it has no name, so it missed what was published meanwhile";
        }
        if (options.qos() == 0) {
            return existed ? "" : "its group had no other member, so it missed what was published meanwhile";
        }
        return existed ? "" : "it was deleted or expired, and was created again without its messages";
    }

    private void tell(SubscriptionState state, String reason) {
        try {
            listener.onState(state, reason);
        } catch (RuntimeException | Error e) {
            log.warn("a listener of {} failed", this, e);
        }
    }

    void onDeliveries(List<Delivery> deliveries) {
        queue.addAll(deliveries);
        HandlerPump handlers = pump;
        if (handlers != null) {
            handlers.wake();
        }
    }

    /** What waits here for its handler has not been looked at: the broker is to go on waiting for it. */
    void extendWaiting() {
        boolean dirty = false;
        for (Delivery delivery : queue.waiting()) {
            dirty |= settlements.add(
                    delivery, SettleLayout.EXTEND, options.ackTimeout().toMillis(), NO_REASON);
        }
        if (dirty) {
            core.subscriptions().onSettlement(this);
        }
    }

    /** Whether deliveries have a time limit that is known here. */
    boolean hasAckTimeout() {
        return options.qos() == 1 && !options.ackTimeout().isZero();
    }

    /** What is here came from a connection that is gone: it is delivered again. */
    void onLost() {
        id = 0;
        settlements.onLost();
        queue.clear();
    }

    void onEnd(String reason) {
        id = 0;
        settlements.onLost();
        if (!queue.isEnded()) {
            queue.end(reason);
            tell(SubscriptionState.ENDED, reason);
        }
        attached.completeExceptionally(new ClosedException(reason));
    }

    /** Attaching it again was refused, for the first time or once more. */
    void retryAt(long nanos, String refusal) {
        retryNanos = nanos;
        retrying = true;
        if (!toldWaiting) {
            toldWaiting = true;
            log.warn("{} is not attached again yet: {}", this, refusal);
            tell(SubscriptionState.WAITING, refusal);
        }
    }

    /** Whether a refused attempt to attach it again is to be repeated by now. */
    boolean takeRetry(long nowNanos) {
        boolean due = retrying && nowNanos - retryNanos >= 0;
        if (due) {
            retrying = false;
        }
        return due;
    }

    boolean isRetrying() {
        return retrying;
    }

    @Override
    public String toString() {
        return "Subscription[topic=" + topic() + ", name=" + name() + "]";
    }
}
