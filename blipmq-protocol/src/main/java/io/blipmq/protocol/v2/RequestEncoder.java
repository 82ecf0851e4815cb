package io.blipmq.protocol.v2;

import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.entry.PropertiesBuilder;
import java.nio.ByteBuffer;

/**
 * Writes a client's frames at a buffer's position, which moves to the frame's end. Stateless. The caller provides room:
 * see the {@code xxxFrameBytes} methods of the layouts. AUTH and PING are {@link FrameEncoder}'s.
 */
public final class RequestEncoder {
    private RequestEncoder() {}

    /**
     * @param instance the same on every connection of one client, and no other's; empty: none
     * @param heartbeatMillis in which the client promises to send something; 0: no promise
     */
    public static void hello(
            ByteBuffer to, long correlationId, byte[] clientName, byte[] instance, long heartbeatMillis) {
        int frameBytes = HandshakeLayout.helloFrameBytes(clientName.length, instance.length, 0);
        FrameEncoder.header(to, frameBytes, FrameType.HELLO, correlationId);
        to.putShort((short) FrameLayout.VERSION_2);
        FrameEncoder.putText(to, clientName);
        FrameEncoder.putText(to, instance);
        to.putInt((int) heartbeatMillis);
    }

    /**
     * Writes a PUBLISH_BATCH up to its entries.
     *
     * @param firstNumber of the connection's messages, the first one in here
     * @param flags {@link PublishLayout#QOS_FLAG}, {@link PublishLayout#CONFIRM_FLAG}
     * @param entriesLength bytes of entries that the caller puts next, with {@link #entry} for example
     */
    public static void publishBatch(ByteBuffer to, long firstNumber, int flags, byte[] topic, int entriesLength) {
        int frameBytes = PublishLayout.publishBatchFrameBytes(topic.length, entriesLength);
        FrameEncoder.header(to, frameBytes, FrameType.PUBLISH_BATCH, firstNumber);
        to.put((byte) flags);
        FrameEncoder.putText(to, topic);
    }

    /** An entry without properties. */
    public static void entry(ByteBuffer to, byte[] body) {
        to.putInt(body.length).put(body);
    }

    /** An entry with properties, or without when there are none. */
    public static void entry(ByteBuffer to, byte[] body, PropertiesBuilder properties) {
        EntryLayout.putHeader(to, body.length, properties.array(), properties.length());
        to.put(body);
    }

    /**
     * Writes an ATTACH.
     *
     * @param flags see {@link AttachLayout}
     * @param creditMessages {@link AttachLayout#UNLIMITED_CREDIT} at most, likewise the bytes
     */
    public static void attach(
            ByteBuffer to,
            long correlationId,
            int flags,
            long creditMessages,
            long creditBytes,
            long ackTimeoutMillis,
            long retryBackoffMillis,
            byte[] topic,
            byte[] name) {
        int frameBytes = AttachLayout.attachFrameBytes(topic.length, name.length, 0);
        FrameEncoder.header(to, frameBytes, FrameType.ATTACH, correlationId);
        to.put((byte) flags);
        to.putInt((int) creditMessages).putInt((int) creditBytes);
        to.putInt((int) ackTimeoutMillis).putInt((int) retryBackoffMillis);
        FrameEncoder.putText(to, topic);
        FrameEncoder.putText(to, name);
    }

    public static void credit(ByteBuffer to, long subscriptionId, long messages, long bytes) {
        FrameEncoder.header(to, AttachLayout.creditFrameBytes(), FrameType.CREDIT, subscriptionId);
        to.putInt((int) messages).putInt((int) bytes);
    }

    /**
     * Writes a SETTLE.
     *
     * @param action see {@link SettleLayout}, likewise for the flags
     * @param reason of a reject, else empty
     * @param tags of which the first {@code count} are meant
     * @param attempts of them, by the same index
     */
    public static void settle(
            ByteBuffer to,
            long correlationId,
            long subscriptionId,
            int action,
            int flags,
            long millis,
            byte[] reason,
            long[] tags,
            int[] attempts,
            int count) {
        int frameBytes = SettleLayout.settleFrameBytes(reason.length, count);
        FrameEncoder.header(to, frameBytes, FrameType.SETTLE, correlationId);
        to.putLong(subscriptionId).put((byte) action).put((byte) flags).putInt((int) millis);
        FrameEncoder.putText(to, reason);
        for (int i = 0; i < count; i++) {
            to.putLong(tags[i]).putShort((short) attempts[i]);
        }
    }

    /** @param name of the subscription to delete when its id is 0, else empty */
    public static void detach(ByteBuffer to, long correlationId, long subscriptionId, int flags, byte[] name) {
        FrameEncoder.header(to, AttachLayout.detachFrameBytes(name.length), FrameType.DETACH, correlationId);
        to.putLong(subscriptionId).put((byte) flags);
        FrameEncoder.putText(to, name);
    }

    public static void drain(ByteBuffer to, long correlationId) {
        FrameEncoder.header(to, PayloadLayout.emptyFrameBytes(), FrameType.DRAIN, correlationId);
    }

    /**
     * @param kind see {@link ListLayout}
     * @param name only the subscription with this name; empty: no matter
     */
    public static void list(
            ByteBuffer to, long correlationId, int kind, int limit, long subscriptionId, long after, byte[] name) {
        FrameEncoder.header(to, ListLayout.listFrameBytes(name.length), FrameType.LIST, correlationId);
        to.put((byte) kind).putShort((short) limit).putLong(subscriptionId).putLong(after);
        FrameEncoder.putText(to, name);
    }

    /** @param number of a scheduled message */
    public static void cancel(ByteBuffer to, long correlationId, long number) {
        FrameEncoder.header(to, ListLayout.cancelFrameBytes(), FrameType.CANCEL, correlationId);
        to.putLong(number);
    }

    /** @param action see {@link ListLayout} */
    public static void deadLetters(
            ByteBuffer to, long correlationId, int action, long subscriptionId, long count, LettersRequest which) {
        FrameEncoder.header(to, ListLayout.deadLettersFrameBytes(), FrameType.DEAD_LETTERS, correlationId);
        to.put((byte) action).putLong(subscriptionId).putInt((int) count);
        which.put(to);
    }
}
