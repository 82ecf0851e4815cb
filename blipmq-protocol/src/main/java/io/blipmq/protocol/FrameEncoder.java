package io.blipmq.protocol;

import static io.blipmq.protocol.FrameLayout.LENGTH_BYTES;

import java.nio.ByteBuffer;

/**
 * Writes frames at a buffer's position, which moves to the frame's end. Stateless. The caller provides room: see the
 * {@code xxxFrameBytes} methods of {@link PayloadLayout}.
 */
public final class FrameEncoder {
    private FrameEncoder() {}

    public static void hello(ByteBuffer to, long correlationId, int protocolVersion) {
        header(to, PayloadLayout.helloFrameBytes(), FrameType.HELLO, correlationId);
        to.putShort((short) protocolVersion);
    }

    public static void auth(ByteBuffer to, long correlationId, byte[] key) {
        header(to, PayloadLayout.authFrameBytes(key.length), FrameType.AUTH, correlationId);
        putText(to, key);
    }

    public static void publish(ByteBuffer to, long correlationId, int qos, byte[] topic, byte[] message) {
        publishHeader(to, correlationId, qos, topic, message.length);
        to.put(message);
    }

    /**
     * Writes a PUBLISH up to its message.
     *
     * @param correlationId the delivery tag on a QoS 1 delivery
     * @param messageLength bytes that the caller puts next
     */
    public static void publishHeader(ByteBuffer to, long correlationId, int qos, byte[] topic, int messageLength) {
        int frameBytes = PayloadLayout.publishFrameBytes(topic.length, messageLength);
        header(to, frameBytes, FrameType.PUBLISH, correlationId);
        to.put((byte) qos);
        putText(to, topic);
    }

    public static void subscribe(ByteBuffer to, long correlationId, byte[] topic, int qos) {
        header(to, PayloadLayout.subscribeFrameBytes(topic.length), FrameType.SUBSCRIBE, correlationId);
        putText(to, topic);
        to.put((byte) qos);
    }

    /** @param correlationId the request's, in an answer; the delivery tag, from a client */
    public static void ack(ByteBuffer to, long correlationId, long subscriptionId) {
        header(to, PayloadLayout.subscriptionIdFrameBytes(), FrameType.ACK, correlationId);
        to.putLong(subscriptionId);
    }

    public static void nack(ByteBuffer to, long correlationId, Refusal refusal) {
        nack(to, correlationId, refusal.code(), refusal.encodedText());
    }

    public static void ping(ByteBuffer to, long correlationId) {
        header(to, PayloadLayout.emptyFrameBytes(), FrameType.PING, correlationId);
    }

    public static void pong(ByteBuffer to, long correlationId) {
        header(to, PayloadLayout.emptyFrameBytes(), FrameType.PONG, correlationId);
    }

    public static void poll(ByteBuffer to, long correlationId, long subscriptionId) {
        header(to, PayloadLayout.subscriptionIdFrameBytes(), FrameType.POLL, correlationId);
        to.putLong(subscriptionId);
    }

    /** Writes everything before a frame's payload, of any version. */
    public static void header(ByteBuffer to, int frameBytes, FrameType type, long correlationId) {
        int length = frameBytes - LENGTH_BYTES;
        if (!FrameLayout.isLengthValid(length)) {
            throw new IllegalArgumentException(
                    "a frame's length must be 9 to " + FrameLayout.LENGTH_MAX + " bytes, not " + length);
        }
        to.putInt(length).put(type.value()).putLong(correlationId);
    }

    /** Begins a frame whose length is not known yet: {@link #close} says it. */
    public static void open(ByteBuffer to, FrameType type, long correlationId) {
        to.putInt(0).put(type.value()).putLong(correlationId);
    }

    /** Ends a server's frame at the buffer's position. */
    public static void close(ByteBuffer frame, int frameOffset) {
        int length = frame.position() - frameOffset - LENGTH_BYTES;
        assert FrameLayout.isServerLengthValid(length) : "a server's frame has a length of " + length;
        frame.putInt(frameOffset, length);
    }

    /** Writes a text's u16 length and the text. */
    public static void putText(ByteBuffer to, byte[] text) {
        if (text.length > PayloadLayout.TEXT_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a text must be at most " + PayloadLayout.TEXT_BYTES_MAX + " bytes, not " + text.length);
        }
        to.putShort((short) text.length).put(text);
    }

    private static void nack(ByteBuffer to, long correlationId, int code, byte[] text) {
        header(to, PayloadLayout.nackFrameBytes(text.length), FrameType.NACK, correlationId);
        to.putShort((short) code);
        putText(to, text);
    }
}
