package io.blipmq.protocol.v2;

import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What the server says of itself in WELCOME, field by field in the order of the wire. Immutable.
 *
 * @param features a bit set: {@link #GROUPS}, {@link #FILTERS}, {@link #DELIVER_AT}, {@link #DEDUPLICATION}
 * @param server its name and version
 * @param fsyncPolicy what a confirm of QoS 1 stands for
 */
public record Welcome(int features, Limits limits, Times times, String server, String fsyncPolicy) {
    /** Feature: ATTACH may ask for a group. */
    public static final int GROUPS = 1;
    /** Feature: ATTACH may name a filter of topics. */
    public static final int FILTERS = 2;
    /** Feature: a message with a publish id is stored once. */
    public static final int DEDUPLICATION = 8;
    /** Feature: a message may say when it is to be delivered. */
    public static final int DELIVER_AT = 4;

    /**
     * How much the server takes. Immutable.
     *
     * @param frameBytes the largest value of a frame's length
     * @param topicBytes longest name of a topic
     * @param nameBytes longest name of a subscription
     * @param propertiesBytes most bytes of properties of one message
     * @param inFlight deliveries that a subscription may have unsettled
     * @param subscriptions that one connection may have
     * @param maxAttempts deliveries of a message before it becomes a dead letter; 0: without limit
     */
    public record Limits(
            long frameBytes,
            int topicBytes,
            int nameBytes,
            long propertiesBytes,
            long inFlight,
            long subscriptions,
            long maxAttempts) {}

    /**
     * How long the server waits, in milliseconds. Immutable.
     *
     * @param ackMillis for a delivery to be settled when ATTACH does not say otherwise
     * @param heartbeatMillis in which the client sends something; 0: it need not
     * @param inputMillis in which a frame that has begun makes progress
     * @param outputMillis in which waiting output makes progress
     */
    public record Times(long ackMillis, long heartbeatMillis, long inputMillis, long outputMillis) {}

    /** The same server to a client with another heartbeat. */
    public Welcome withHeartbeat(long heartbeatMillis) {
        Times others = new Times(times.ackMillis, heartbeatMillis, times.inputMillis, times.outputMillis);
        return new Welcome(features, limits, others, server, fsyncPolicy);
    }

    /** Writes the frame into a buffer of its own, ready to be read. */
    public ByteBuffer encode(long correlationId) {
        byte[] serverText = server.getBytes(StandardCharsets.UTF_8);
        byte[] policyText = fsyncPolicy.getBytes(StandardCharsets.UTF_8);
        int frameBytes = HandshakeLayout.welcomeFrameBytes(serverText.length, policyText.length);
        ByteBuffer to = ByteBuffer.allocate(frameBytes);
        FrameEncoder.header(to, frameBytes, FrameType.WELCOME, correlationId);
        to.putShort((short) FrameLayout.VERSION_2).putInt(features);
        to.putInt((int) limits.frameBytes).putShort((short) limits.topicBytes).putShort((short) limits.nameBytes);
        to.putInt((int) limits.propertiesBytes).putInt((int) limits.inFlight).putInt((int) limits.subscriptions);
        to.putInt((int) limits.maxAttempts);
        to.putInt((int) times.ackMillis).putInt((int) times.heartbeatMillis);
        to.putInt((int) times.inputMillis).putInt((int) times.outputMillis);
        FrameEncoder.putText(to, serverText);
        FrameEncoder.putText(to, policyText);
        return to.flip();
    }

    /** Reads a payload that {@link HandshakeLayout#isWelcome} accepted. */
    public static Welcome read(ByteBuffer buffer, int payloadOffset) {
        ByteBuffer from = buffer.duplicate();
        from.limit(from.capacity()).position(payloadOffset + Short.BYTES);
        int features = from.getInt();
        Limits limits = new Limits(u32(from), u16(from), u16(from), u32(from), u32(from), u32(from), u32(from));
        Times times = new Times(u32(from), u32(from), u32(from), u32(from));
        String server = Wire.text(buffer, from.position());
        int policy = from.position() + Short.BYTES + u16(from);
        return new Welcome(features, limits, times, server, Wire.text(buffer, policy));
    }

    private static int u16(ByteBuffer from) {
        return Short.toUnsignedInt(from.getShort());
    }

    private static long u32(ByteBuffer from) {
        return Integer.toUnsignedLong(from.getInt());
    }
}
