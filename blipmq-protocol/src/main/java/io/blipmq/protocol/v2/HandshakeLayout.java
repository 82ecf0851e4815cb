package io.blipmq.protocol.v2;

import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.entry.PropertyLayout;
import java.nio.ByteBuffer;

/**
 * Where the fields of HELLO, WELCOME and GOAWAY stand. Stateless. Offsets count from the payload's first byte; each
 * accessor expects a payload that its type's {@code isXxx} method accepted.
 *
 * <pre>
 * HELLO    u16 version, u16 name length, client name, u16 instance length, instance, u32 heartbeat in milliseconds,
 *          properties to the end
 * WELCOME  u16 version, u32 features,
 *          u32 frame bytes, u16 topic bytes, u16 name bytes, u32 properties bytes,
 *          u32 in flight, u32 subscriptions, u32 max attempts,
 *          u32 ack timeout, u32 heartbeat, u32 input deadline, u32 output deadline, all in milliseconds,
 *          u16 server length, server, u16 policy length, fsync policy, properties to the end: see {@link Welcome}
 * GOAWAY   u16 code, u32 milliseconds, u16 text length, text
 * </pre>
 */
public final class HandshakeLayout {
    /** Enough to tell a host, a program and an instance, and short enough to stand in every line of a list. */
    public static final int NAME_BYTES_MAX = 256;

    /** Enough for any random number that tells one client from all others. */
    public static final int INSTANCE_BYTES_MAX = 64;

    public static final int HELLO_NAME_LENGTH_OFFSET = 2;
    public static final int HELLO_NAME_OFFSET = 4;

    public static final int WELCOME_SERVER_LENGTH_OFFSET = 46;
    public static final int WELCOME_SERVER_OFFSET = 48;

    public static final int GOAWAY_MILLIS_OFFSET = 2;
    public static final int GOAWAY_TEXT_LENGTH_OFFSET = 6;
    public static final int GOAWAY_TEXT_OFFSET = 8;

    private HandshakeLayout() {}

    /** Whether name, instance and properties fit, whatever the version is. */
    public static boolean isHello(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        int end = payloadOffset + payloadLength;
        int nameEnd = Wire.validTextEnd(buffer, payloadOffset + HELLO_NAME_LENGTH_OFFSET, end);
        int instanceEnd = nameEnd < 0 ? -1 : Wire.textEnd(buffer, nameEnd, end);
        int properties = instanceEnd + Integer.BYTES;
        return instanceEnd >= 0 && properties <= end && PropertyLayout.checkForm(buffer, properties, end) == 0;
    }

    public static int helloNameLength(ByteBuffer buffer, int payloadOffset) {
        return Wire.u16(buffer, payloadOffset + HELLO_NAME_LENGTH_OFFSET);
    }

    public static int helloInstanceLength(ByteBuffer buffer, int payloadOffset, int nameLength) {
        return Wire.u16(buffer, payloadOffset + HELLO_NAME_OFFSET + nameLength);
    }

    /** Where the instance begins within the payload. */
    public static int helloInstanceOffset(int nameLength) {
        return HELLO_NAME_OFFSET + nameLength + Short.BYTES;
    }

    public static long helloHeartbeatMillis(ByteBuffer buffer, int payloadOffset, int nameLength, int instanceLength) {
        return Wire.u32(buffer, payloadOffset + helloInstanceOffset(nameLength) + instanceLength);
    }

    public static boolean isWelcome(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        int end = payloadOffset + payloadLength;
        int serverEnd = Wire.validTextEnd(buffer, payloadOffset + WELCOME_SERVER_LENGTH_OFFSET, end);
        int policyEnd = serverEnd < 0 ? -1 : Wire.validTextEnd(buffer, serverEnd, end);
        return policyEnd >= 0 && PropertyLayout.checkForm(buffer, policyEnd, end) == 0;
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

    public static int goAwayTextLength(ByteBuffer buffer, int payloadOffset) {
        return Wire.u16(buffer, payloadOffset + GOAWAY_TEXT_LENGTH_OFFSET);
    }

    /** Bytes of a whole HELLO frame; likewise below. */
    public static int helloFrameBytes(int nameLength, int instanceLength, int propertiesLength) {
        return FrameLayout.HEADER_BYTES
                + helloInstanceOffset(nameLength)
                + instanceLength
                + Integer.BYTES
                + propertiesLength;
    }

    public static int welcomeFrameBytes(int serverLength, int policyLength) {
        return FrameLayout.HEADER_BYTES + WELCOME_SERVER_OFFSET + serverLength + Short.BYTES + policyLength;
    }

    public static int goAwayFrameBytes(int textLength) {
        return FrameLayout.HEADER_BYTES + GOAWAY_TEXT_OFFSET + textLength;
    }
}
