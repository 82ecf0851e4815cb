package io.blipmq.protocol.v2;

import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What the server says of itself in WELCOME. Immutable.
 *
 * @param features a bit set
 * @param frameBytes the largest value of a frame's length that it takes
 * @param inFlight deliveries that a subscription may have unsettled
 * @param topicBytes longest name of a topic
 * @param ackTimeoutMillis time to settle a delivery when ATTACH does not say otherwise
 * @param server its name and version
 * @param fsyncPolicy what a confirm of QoS 1 stands for
 */
public record Welcome(
        int features,
        long frameBytes,
        long inFlight,
        int topicBytes,
        long ackTimeoutMillis,
        String server,
        String fsyncPolicy) {

    /** Writes the frame into a buffer of its own, ready to be read. */
    public ByteBuffer encode(long correlationId) {
        byte[] serverText = server.getBytes(StandardCharsets.UTF_8);
        byte[] policyText = fsyncPolicy.getBytes(StandardCharsets.UTF_8);
        int frameBytes = HandshakeLayout.welcomeFrameBytes(serverText.length, policyText.length);
        ByteBuffer to = ByteBuffer.allocate(frameBytes);
        FrameEncoder.header(to, frameBytes, FrameType.WELCOME, correlationId);
        to.putShort((short) FrameLayout.VERSION_2).putInt(features);
        to.putInt((int) this.frameBytes).putInt((int) inFlight).putShort((short) topicBytes);
        to.putInt((int) ackTimeoutMillis);
        FrameEncoder.putText(to, serverText);
        FrameEncoder.putText(to, policyText);
        return to.flip();
    }

    /** Reads a payload that {@link HandshakeLayout#isWelcome} accepted. */
    public static Welcome read(ByteBuffer buffer, int payloadOffset) {
        int policy = payloadOffset + HandshakeLayout.welcomePolicyLengthOffset(buffer, payloadOffset);
        return new Welcome(
                HandshakeLayout.welcomeFeatures(buffer, payloadOffset),
                HandshakeLayout.welcomeFrameBytes(buffer, payloadOffset),
                HandshakeLayout.welcomeInFlight(buffer, payloadOffset),
                HandshakeLayout.welcomeTopicBytes(buffer, payloadOffset),
                HandshakeLayout.welcomeAckTimeoutMillis(buffer, payloadOffset),
                Wire.text(buffer, payloadOffset + HandshakeLayout.WELCOME_SERVER_LENGTH_OFFSET),
                Wire.text(buffer, policy));
    }
}
