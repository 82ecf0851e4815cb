package io.blipmq.client;

import io.blipmq.protocol.entry.EntryLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/** Owned by the client's thread once it was handed over. A message that is not confirmed yet. */
final class PendingPublish {
    private final byte[] topic;
    private final Message message;
    private final CompletableFuture<Confirm> future;
    private final long deadlineNanos;
    private final int entryBytes;
    private long number;
    private int batchMessages;

    /** @param future null when nobody wants to know */
    PendingPublish(byte[] topic, Message message, CompletableFuture<Confirm> future, long deadlineNanos) {
        this.topic = topic;
        this.message = message;
        this.future = future;
        this.deadlineNanos = deadlineNanos;
        this.entryBytes = entryBytes(message);
    }

    static int entryBytes(Message message) {
        return EntryLayout.bytes(message.body().length, message.properties().length);
    }

    byte[] topic() {
        return topic;
    }

    int qos() {
        return message.qos();
    }

    int entryBytes() {
        return entryBytes;
    }

    void writeEntry(ByteBuffer to) {
        byte[] properties = message.properties();
        EntryLayout.putHeader(to, message.body().length, properties, properties.length);
        to.put(message.body());
    }

    boolean wantsConfirm() {
        return future != null;
    }

    CompletableFuture<Confirm> future() {
        return future;
    }

    /** Whether somebody has given up on it. */
    boolean isDone() {
        return future != null && future.isDone();
    }

    boolean isExpired(long nowNanos) {
        return nowNanos - deadlineNanos >= 0;
    }

    boolean fitsBatchOf(PendingPublish first) {
        return qos() == first.qos()
                && wantsConfirm() == first.wantsConfirm()
                && (topic == first.topic || Arrays.equals(topic, first.topic));
    }

    /** On the connection, from 1 on. */
    long number() {
        return number;
    }

    void number(long assigned) {
        number = assigned;
    }

    /** Messages in the batch that it is the first of. */
    int batchMessages() {
        return batchMessages;
    }

    void batchMessages(int count) {
        batchMessages = count;
    }

    void fail(BlipException failure) {
        if (future != null) {
            future.completeExceptionally(failure);
        }
    }
}
