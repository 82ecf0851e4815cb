package io.blipmq.protocol.v2;

import io.blipmq.protocol.FrameLayout;
import java.nio.ByteBuffer;

/**
 * Where the fields of HELLO, WELCOME and GOAWAY stand. Stateless. Offsets count from the payload's first byte; each
 * accessor expects a payload that its type's {@code isXxx} method accepted.
 *
 * <pre>
 * HELLO    u16 version, u16 name length, client name, properties to the end
 * WELCOME  u16 version, u32 features, u32 frame bytes, u32 in flight, u16 topic bytes, u32 ack timeout in milliseconds,
 *          u16 server length, server, u16 policy length, fsync policy, properties to the end
 * GOAWAY   u16 code, u32 milliseconds, u16 text length, text
 * </pre>
 */
public final class HandshakeLayout {
    /** Enough to tell a host, a program and an instance, and short enough to stand in every line of a list. */
    public static final int NAME_BYTES_MAX = 256;

    public static final int HELLO_NAME_LENGTH_OFFSET = 2;
    public static final int HELLO_NAME_OFFSET = 4;

    public static final int WELCOME_FEATURES_OFFSET = 2;
    public static final int WELCOME_FRAME_BYTES_OFFSET = 6;
    public static final int WELCOME_IN_FLIGHT_OFFSET = 10;
    public static final int WELCOME_TOPIC_BYTES_OFFSET = 14;
    public static final int WELCOME_ACK_TIMEOUT_OFFSET = 16;
    public static final int WELCOME_SERVER_LENGTH_OFFSET = 20;
    public static final int WELCOME_SERVER_OFFSET = 22;

    public static final int GOAWAY_MILLIS_OFFSET = 2;
    public static final int GOAWAY_TEXT_LENGTH_OFFSET = 6;
    public static final int GOAWAY_TEXT_OFFSET = 8;

    private HandshakeLayout() {}

    /** Whether name and properties fit, whatever the version is. */
    public static boolean isHello(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        int end = payloadOffset + payloadLength;
        int nameEnd = Wire.validTextEnd(buffer, payloadOffset + HELLO_NAME_LENGTH_OFFSET, end);
        return nameEnd >= 0 && PropertyLayout.checkForm(buffer, nameEnd, end) == 0;
    }

    public static int helloNameLength(ByteBuffer buffer, int payloadOffset) {
        return Wire.u16(buffer, payloadOffset + HELLO_NAME_LENGTH_OFFSET);
    }

    public static boolean isWelcome(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        int end = payloadOffset + payloadLength;
        int serverEnd = Wire.validTextEnd(buffer, payloadOffset + WELCOME_SERVER_LENGTH_OFFSET, end);
        int policyEnd = serverEnd < 0 ? -1 : Wire.validTextEnd(buffer, serverEnd, end);
        return policyEnd >= 0 && PropertyLayout.checkForm(buffer, policyEnd, end) == 0;
    }

    public static int welcomeVersion(ByteBuffer buffer, int payloadOffset) {
        return Wire.u16(buffer, payloadOffset);
    }

    public static int welcomeFeatures(ByteBuffer buffer, int payloadOffset) {
        return buffer.getInt(payloadOffset + WELCOME_FEATURES_OFFSET);
    }

    public static long welcomeFrameBytes(ByteBuffer buffer, int payloadOffset) {
        return Wire.u32(buffer, payloadOffset + WELCOME_FRAME_BYTES_OFFSET);
    }

    public static long welcomeInFlight(ByteBuffer buffer, int payloadOffset) {
        return Wire.u32(buffer, payloadOffset + WELCOME_IN_FLIGHT_OFFSET);
    }

    public static int welcomeTopicBytes(ByteBuffer buffer, int payloadOffset) {
        return Wire.u16(buffer, payloadOffset + WELCOME_TOPIC_BYTES_OFFSET);
    }

    public static long welcomeAckTimeoutMillis(ByteBuffer buffer, int payloadOffset) {
        return Wire.u32(buffer, payloadOffset + WELCOME_ACK_TIMEOUT_OFFSET);
    }

    public static int welcomeServerLength(ByteBuffer buffer, int payloadOffset) {
        return Wire.u16(buffer, payloadOffset + WELCOME_SERVER_LENGTH_OFFSET);
    }

    /** Where the fsync policy's length stands. */
    public static int welcomePolicyLengthOffset(ByteBuffer buffer, int payloadOffset) {
        return WELCOME_SERVER_OFFSET + welcomeServerLength(buffer, payloadOffset);
    }

    public static boolean isGoAway(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        int end = payloadOffset + payloadLength;
        return Wire.validTextEnd(buffer, payloadOffset + GOAWAY_TEXT_LENGTH_OFFSET, end) == end;
    }

    public static int goAwayCode(ByteBuffer buffer, int payloadOffset) {
        return Wire.u16(buffer, payloadOffset);
    }

    public static long goAwayMillis(ByteBuffer buffer, int payloadOffset) {
        return Wire.u32(buffer, payloadOffset + GOAWAY_MILLIS_OFFSET);
    }

    /** Bytes of a whole HELLO frame; likewise below. */
    public static int helloFrameBytes(int nameLength, int propertiesLength) {
        return FrameLayout.HEADER_BYTES + HELLO_NAME_OFFSET + nameLength + propertiesLength;
    }

    public static int welcomeFrameBytes(int serverLength, int policyLength) {
        return FrameLayout.HEADER_BYTES + WELCOME_SERVER_OFFSET + serverLength + Short.BYTES + policyLength;
    }

    public static int goAwayFrameBytes(int textLength) {
        return FrameLayout.HEADER_BYTES + GOAWAY_TEXT_OFFSET + textLength;
    }
}
