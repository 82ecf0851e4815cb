package io.blipmq.client;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The requests of a client that wait for their reply, and the topic of its own where replies come to. Owned by the client's
 * thread, but for {@link #add}, which is anybody's.
 *
 * <p>A request is known by the correlation that its reply repeats. A reply that nobody waits for any more is dropped.
 */
final class ReplyBox {
    /** Nobody else can guess it, so nobody else listens there or replies. */
    private final String topic = "_reply/" + UUID.randomUUID();

    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, Waiting> waiting = new ConcurrentHashMap<>();

    private record Waiting(String topic, long deadlineNanos, CompletableFuture<Delivery> reply) {}

    String topic() {
        return topic;
    }

    /**
     * A request is about to be published.
     *
     * @param reply completed by {@link #onReply} or {@link #expire}, unless its owner does so before
     * @return the request as it is to be published
     */
    Message add(Message request, long deadlineNanos, CompletableFuture<Delivery> reply) {
        long id = lastId.incrementAndGet();
        Message marked = request.withReplyTo(topic)
                .withCorrelation(ByteBuffer.allocate(Long.BYTES).putLong(0, id).array());
        waiting.put(id, new Waiting(request.topic(), deadlineNanos, reply));
        reply.whenComplete((delivery, failure) -> waiting.remove(id));
        return marked;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void onReply(Delivery reply) {
        byte[] correlation = reply.correlation().orElse(new byte[0]);
        Waiting request = correlation.length == Long.BYTES
                ? waiting.get(ByteBuffer.wrap(correlation).getLong())
                : null;
        if (request != null) {
            request.reply.complete(reply);
        }
    }

    void expire(long nowNanos) {
        for (Waiting request : waiting.values()) {
            if (nowNanos - request.deadlineNanos >= 0) {
                request.reply.completeExceptionally(
                        new TimedOutException("a request to " + request.topic + ": no reply in time"));
            }
        }
    }

    /** No reply can come. */
    void failAll(BlipException reason) {
        waiting.values().forEach(request -> request.reply.completeExceptionally(reason));
    }
}
