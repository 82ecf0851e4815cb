package io.blipmq.client;

import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.ProtocolException;
import io.blipmq.protocol.v2.HandshakeLayout;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.RequestEncoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owned by the client's thread, which runs {@link #onTurn}. Holds the parts together: what a turn does, and what the beginning
 * and the end of a connection mean to each of them.
 */
final class ClientCore implements ClientThread.Turns, Link.Events {
    private static final Logger log = LoggerFactory.getLogger(ClientCore.class);

    /** Settlements and the client's own PINGs: nobody waits for an answer to them. */
    static final long UNANSWERED_ID = 1L << 61;

    /** How late a deadline may be noticed. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final BlipAddress address;
    private final Handshake handshake;
    private final LongSupplier clock;
    private final ConnectionListener listener;
    private final Publisher publisher;
    private final Requests requests = new Requests();
    private final SubscriptionTable subscriptions;
    private final ReplyBox replies = new ReplyBox();
    private final ClientThread thread;
    private final Link link;
    private final CompletableFuture<Void> firstReady = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    /** They wait until everything that was settled before is in the socket. */
    private final List<CompletableFuture<Void>> awaitingWrite = new ArrayList<>();

    private boolean ending;
    /** Of the last connection. */
    private volatile ServerInfo info;

    private volatile boolean connected;

    ClientCore(
            BlipAddress address,
            byte[] key,
            Options options,
            LongSupplier clock,
            Backoff backoff,
            ConnectionListener listener,
            Publisher publisher) {
        this.address = address;
        this.handshake = new Handshake(address, key, options.name(), options.heartbeat());
        this.clock = clock;
        this.listener = listener;
        this.publisher = publisher;
        this.subscriptions = new SubscriptionTable(requests, clock, options.requestTimeout());
        this.thread = new ClientThread(this);
        this.link = new Link(address, options, thread.selector(), backoff, this);
    }

    /** @return ends when the first attempt has succeeded, or failed */
    CompletableFuture<Void> start() {
        link.start(clock.getAsLong());
        thread.start();
        return firstReady;
    }

    ClientThread thread() {
        return thread;
    }

    Publisher publisher() {
        return publisher;
    }

    SubscriptionTable subscriptions() {
        return subscriptions;
    }

    ReplyBox replies() {
        return replies;
    }

    ServerInfo info() {
        return info;
    }

    long nanoTime() {
        return clock.getAsLong();
    }

    /** Hands a request over; any thread may. */
    <T> CompletableFuture<T> request(FutureRequest<T> request) {
        thread.execute(() -> {
            if (ending) {
                request.fail(new ClosedException("the client is closed"));
            } else {
                requests.add(request);
            }
        });
        return request.future();
    }

    /** Ends with the client's thread. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** Whether there is a connection, as far as another thread can know. */
    boolean isConnected() {
        return connected;
    }

    /** Ends when everything that was sent before has taken effect. Sends what was settled first. */
    CompletableFuture<Boolean> barrier(long deadlineNanos) {
        return request(new FutureRequest<>(
                "PING",
                FrameType.PONG,
                deadlineNanos,
                PayloadLayout.emptyFrameBytes(),
                FrameEncoder::ping,
                (buffer, offset, length) -> Boolean.TRUE));
    }

    /** Ends when the socket has everything that was settled before, or has been lost. */
    CompletableFuture<Object> written() {
        CompletableFuture<Void> written = new CompletableFuture<>();
        thread.execute(() -> awaitingWrite.add(written));
        return CompletableFuture.anyOf(written, ended);
    }

    private void tellWritten() {
        if (!awaitingWrite.isEmpty() && (!link.isOpen() || link.output().pendingBytes() == 0)) {
            awaitingWrite.forEach(written -> written.complete(null));
            awaitingWrite.clear();
        }
    }

    /** Ends when the broker delivers nothing any more on this connection. */
    CompletableFuture<Long> drain(long deadlineNanos) {
        return request(new FutureRequest<>(
                "DRAIN",
                FrameType.DONE,
                deadlineNanos,
                PayloadLayout.emptyFrameBytes(),
                RequestEncoder::drain,
                (buffer, offset, length) -> ListLayout.isDone(length) ? ListLayout.doneCount(buffer, offset) : null));
    }

    /** Ends the client in this turn; what is left unconfirmed fails. */
    void end() {
        ending = true;
    }

    @Override
    public boolean onTurn() {
        long now = clock.getAsLong();
        link.onTurn(now);
        requests.expire(now);
        publisher.expire(now);
        replies.expire(now);
        if (link.isReady()) {
            subscriptions.writeTo(link.output(), now);
            requests.writeTo(link.output());
            publisher.writeTo(link.output());
        } else if (link.isGoingAway()) {
            subscriptions.writeTo(link.output(), now);
            endWhenNothingIsLeft(now);
        }
        link.write(now);
        tellWritten();
        publisher.tellIdle();
        return !ending;
    }

    /** After GOAWAY, the sooner this connection ends the sooner there is another. */
    private void endWhenNothingIsLeft(long nowNanos) {
        if (publisher.isConfirmed()
                && subscriptions.holdsNothing()
                && link.output().pendingBytes() == 0) {
            link.loseAsAnnounced(nowNanos);
        }
    }

    @Override
    public long idleNanosMax() {
        long now = clock.getAsLong();
        boolean hasDeadlines = !requests.isEmpty()
                || !publisher.isIdle()
                || !replies.isEmpty()
                || subscriptions.isRetrying()
                || link.isGoingAway();
        long idle = Math.min(link.idleNanosMax(now), subscriptions.extendEveryNanos());
        return hasDeadlines ? Math.min(TICK_NANOS, idle) : idle;
    }

    @Override
    public void onConnected(FrameOutput output) {
        handshake.writeTo(output);
    }

    @Override
    public void onSilence(FrameOutput output) {
        FrameEncoder.ping(output.room(PayloadLayout.emptyFrameBytes()), UNANSWERED_ID);
    }

    @Override
    public void onFrame(FrameType type, long correlationId, ByteBuffer buffer, int payloadOffset, int payloadLength)
            throws ProtocolException {
        if (link.isHandshaking()) {
            onHandshake(type, correlationId, buffer, payloadOffset, payloadLength);
            return;
        }
        switch (type) {
            case CONFIRM -> {
                Frames.require(Frames.isConfirm(buffer, payloadOffset, payloadLength), type);
                publisher.onConfirm(correlationId, buffer, payloadOffset, payloadLength);
            }
            case DELIVER -> subscriptions.onDeliver(correlationId, buffer, payloadOffset, payloadLength);
            case DELIVER_TOPIC -> subscriptions.onDeliverTopic(correlationId, buffer, payloadOffset, payloadLength);
            case NACK -> onNack(correlationId, buffer, payloadOffset, payloadLength);
            case GOAWAY -> onGoAway(buffer, payloadOffset, payloadLength);
            case DETACHED -> {
                if (correlationId == 0) {
                    subscriptions.onDetached(buffer, payloadOffset, payloadLength);
                } else {
                    requests.onAnswer(type, correlationId, buffer, payloadOffset, payloadLength);
                }
            }
            case PONG -> {
                if (correlationId != UNANSWERED_ID) {
                    requests.onAnswer(type, correlationId, buffer, payloadOffset, payloadLength);
                }
            }
            default -> requests.onAnswer(type, correlationId, buffer, payloadOffset, payloadLength);
        }
    }

    private void onHandshake(FrameType type, long id, ByteBuffer buffer, int payloadOffset, int payloadLength)
            throws ProtocolException {
        try {
            ServerInfo known = handshake.onFrame(type, id, buffer, payloadOffset, payloadLength);
            if (known != null) {
                onReady(known);
            }
        } catch (RefusedException e) {
            firstReady.completeExceptionally(e);
            link.lose(e.getMessage(), clock.getAsLong());
        }
    }

    private void onReady(ServerInfo known) {
        info = known;
        link.onReady(known.heartbeat().toNanos());
        connected = true;
        subscriptions.onConnected();
        firstReady.complete(null);
        tell(ConnectionState.CONNECTED, "");
    }

    private void onNack(long id, ByteBuffer buffer, int payloadOffset, int payloadLength) throws ProtocolException {
        Frames.Nack nack = Frames.nack(buffer, payloadOffset, payloadLength);
        if (id >= Requests.FIRST_ID) {
            requests.onNack(id, nack.code(), nack.text());
        } else if (id != UNANSWERED_ID) {
            publisher.onNack(id, nack.code(), nack.text());
        }
    }

    private void onGoAway(ByteBuffer buffer, int payloadOffset, int payloadLength) throws ProtocolException {
        Frames.require(HandshakeLayout.isGoAway(buffer, payloadOffset, payloadLength), FrameType.GOAWAY);
        int code = HandshakeLayout.goAwayCode(buffer, payloadOffset);
        int text = payloadOffset + HandshakeLayout.GOAWAY_TEXT_OFFSET;
        String reason = code + " " + Frames.text(buffer, text, HandshakeLayout.goAwayTextLength(buffer, payloadOffset));
        link.onGoAway("the broker closed the connection: " + reason);
        subscriptions.onGoAway();
        tell(ConnectionState.GOING_AWAY, reason);
    }

    @Override
    public void onLost(String reason, boolean wasReady) {
        connected = false;
        String what = "no connection to " + address + ": " + reason;
        firstReady.completeExceptionally(new ConnectionLostException(what, null));
        if (wasReady) {
            publisher.onLost(reason);
            requests.onLost(reason);
            subscriptions.onLost();
            tell(ConnectionState.DISCONNECTED, reason);
        }
        log.debug("{}", what);
    }

    /** A listener's failure, of whatever kind, is its own. */
    private void tell(ConnectionState state, String reason) {
        try {
            listener.onState(state, reason);
        } catch (RuntimeException | Error e) {
            log.warn("a connection listener failed", e);
        }
    }

    @Override
    public void onEnd(Throwable failure) {
        if (failure != null) {
            log.error("the client failed and cannot go on", failure);
        }
        ending = true;
        ClosedException closed = failure == null
                ? new ClosedException("the client is closed")
                : new ClosedException("the client failed: " + failure, failure);
        link.close();
        publisher.failAll(closed);
        requests.failAll(closed);
        replies.failAll(closed);
        subscriptions.endAll(closed.getMessage());
        firstReady.completeExceptionally(closed);
        publisher.tellIdle();
        tell(ConnectionState.CLOSED, failure == null ? "" : closed.getMessage());
        ended.complete(null);
    }
}
