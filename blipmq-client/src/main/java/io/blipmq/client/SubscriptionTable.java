package io.blipmq.client;

import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.ProtocolException;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.DeliverLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owned by the client's thread, but for {@link #onSettlement}, which is anybody's. The client's subscriptions: attaches them
 * on every connection, brings them their deliveries, sends what was decided about these.
 */
final class SubscriptionTable {
    private static final Logger log = LoggerFactory.getLogger(SubscriptionTable.class);

    /** The name may be held by this client's own connection of before, which the broker has not missed yet. */
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Deliveries that wait for a slow handler are extended so often before they would be due again. */
    private static final int EXTENSIONS_IN_TIMEOUT = 3;

    private final Requests requests;
    private final LongSupplier clock;
    private final long requestTimeoutNanos;
    private final Set<Subscription> all = new LinkedHashSet<>();
    private final Map<Long, Subscription> attached = new HashMap<>();
    private final Queue<Subscription> withSettlements = new ConcurrentLinkedQueue<>();
    private long extendEveryNanos = Long.MAX_VALUE;
    private long extendedNanos;
    private boolean connected;
    private boolean retrying;

    SubscriptionTable(Requests requests, LongSupplier clock, Duration requestTimeout) {
        this.requests = requests;
        this.clock = clock;
        this.requestTimeoutNanos = requestTimeout.toNanos();
        this.extendedNanos = clock.getAsLong();
    }

    void add(Subscription subscription) {
        all.add(subscription);
        if (connected) {
            attach(subscription);
        }
    }

    void onConnected() {
        connected = true;
        all.forEach(this::attach);
    }

    private void attach(Subscription subscription) {
        requests.add(new AttachRequest(subscription, this, clock.getAsLong()));
    }

    void onAttached(Subscription subscription, long id, boolean existed, long backlog) {
        if (!all.contains(subscription)) {
            requests.add(new DetachRequest(id, false, deadline(), failure -> {}));
            return;
        }
        attached.put(id, subscription);
        if (subscription.hasAckTimeout()) {
            extendEveryNanos = Math.min(
                    extendEveryNanos, subscription.options().ackTimeout().toNanos() / EXTENSIONS_IN_TIMEOUT);
        }
        subscription.onAttached(id, existed, backlog);
    }

    /** A first attempt fails for good. A later one is repeated, unless the broker is sure to say the same again. */
    void onAttachFailed(Subscription subscription, BlipException failure) {
        boolean isForNextConnection = failure instanceof ConnectionLostException
                || failure instanceof RefusedException refusal && refusal.isOfNode();
        if (!all.contains(subscription) || isForNextConnection) {
            return; // it is attached on the next connection
        }
        boolean mayPass = failure instanceof RefusedException refusal && refusal.code() >= 409 && refusal.code() != 413;
        if (!subscription.isFirstAttach() && mayPass) {
            subscription.retryAt(clock.getAsLong() + RETRY_NANOS, failure.getMessage());
            retrying = true;
            return;
        }
        all.remove(subscription);
        if (!subscription.isFirstAttach()) {
            log.warn("{} has ended: {}", subscription, failure.getMessage());
        }
        subscription.attached().completeExceptionally(failure);
        subscription.onEnd(failure.getMessage());
    }

    void onDeliver(long id, ByteBuffer buffer, int payloadOffset, int payloadLength) throws ProtocolException {
        Frames.require(DeliverLayout.isDeliver(buffer, payloadOffset, payloadLength), FrameType.DELIVER);
        Subscription subscription = attached.get(id);
        if (subscription != null) {
            onDeliveries(subscription, Deliveries.read(subscription, buffer, payloadOffset, payloadLength));
        }
    }

    void onDeliverTopic(long id, ByteBuffer buffer, int payloadOffset, int payloadLength) throws ProtocolException {
        Frames.require(DeliverLayout.isDeliverTopic(buffer, payloadOffset, payloadLength), FrameType.DELIVER_TOPIC);
        Subscription subscription = attached.get(id);
        if (subscription != null) {
            onDeliveries(subscription, Deliveries.readOfTopic(subscription, buffer, payloadOffset, payloadLength));
        }
    }

    private static void onDeliveries(Subscription subscription, List<Delivery> deliveries) {
        subscription.settlements().onDelivered(deliveries.size());
        subscription.onDeliveries(deliveries);
    }

    /** The broker has ended a subscription of its own accord. */
    void onDetached(ByteBuffer buffer, int payloadOffset, int payloadLength) throws ProtocolException {
        Frames.require(AttachLayout.isDetached(buffer, payloadOffset, payloadLength), FrameType.DETACHED);
        Subscription subscription = attached.remove(AttachLayout.subscriptionId(buffer, payloadOffset));
        if (subscription != null) {
            all.remove(subscription);
            int textLength = AttachLayout.detachedTextLength(buffer, payloadOffset);
            String reason = AttachLayout.detachedCode(buffer, payloadOffset) + " "
                    + Frames.text(buffer, payloadOffset + AttachLayout.DETACHED_TEXT_OFFSET, textLength);
            log.warn("{} has ended: {}", subscription, reason);
            subscription.onEnd(reason);
        }
    }

    /** Somebody has settled a delivery. */
    void onSettlement(Subscription subscription) {
        withSettlements.add(subscription);
    }

    void writeTo(FrameOutput output, long nowNanos) {
        extendWaiting(nowNanos);
        for (Subscription next = withSettlements.poll(); next != null; next = withSettlements.poll()) {
            if (next.currentId() != 0) {
                next.settlements().writeTo(output, next.currentId());
            }
        }
        if (retrying) {
            all.stream()
                    .filter(subscription -> subscription.takeRetry(nowNanos))
                    .forEach(this::attach);
            retrying = all.stream().anyMatch(Subscription::isRetrying);
        }
    }

    private void extendWaiting(long nowNanos) {
        if (nowNanos - extendedNanos >= extendEveryNanos) {
            extendedNanos = nowNanos;
            attached.values().stream().filter(Subscription::hasAckTimeout).forEach(Subscription::extendWaiting);
        }
    }

    /** How long nothing has to be extended. */
    long extendEveryNanos() {
        return extendEveryNanos;
    }

    /** Whether some refused attempt to attach again is to be repeated. */
    boolean isRetrying() {
        return retrying;
    }

    /** Whether there is no delivery that somebody might still settle. */
    boolean holdsNothing() {
        return attached.values().stream()
                .allMatch(subscription -> subscription.settlements().isEmpty());
    }

    /** Nothing is attached any more on this connection. */
    void onGoAway() {
        connected = false;
    }

    void onLost() {
        connected = false;
        extendEveryNanos = Long.MAX_VALUE;
        attached.clear();
        all.forEach(Subscription::onLost);
    }

    /** Ends a subscription by the wish of its owner; what was settled before has been sent by then. */
    void leave(Subscription subscription, boolean delete, CompletableFuture<Void> left) {
        long id = subscription.currentId();
        all.remove(subscription);
        if (id != 0 && connected) {
            requests.add(new DetachRequest(id, delete, deadline(), failure -> onLeft(subscription, id, failure, left)));
            return;
        }
        BlipException failure = delete
                ? new ConnectionLostException("the subscription was not deleted: there is no connection", null)
                : null;
        onLeft(subscription, id, failure, left);
    }

    private void onLeft(Subscription subscription, long id, BlipException failure, CompletableFuture<Void> left) {
        attached.remove(id);
        subscription.onEnd("closed");
        if (failure == null) {
            left.complete(null);
        } else {
            left.completeExceptionally(failure);
        }
    }

    private long deadline() {
        return clock.getAsLong() + requestTimeoutNanos;
    }

    void endAll(String reason) {
        all.forEach(subscription -> subscription.onEnd(reason));
        all.clear();
        attached.clear();
        connected = false;
    }
}
