package io.blipmq.protocol;

import java.nio.ByteBuffer;

/**
 * Where the fields of a frame stand. Stateless. All integers are unsigned and big-endian, which is a
 * {@link ByteBuffer}'s order unless somebody changes it.
 *
 * <pre>
 * offset  size        field
 * 0       4           length: bytes that follow this field, 9 + payload length; 9 to 16 MiB
 * 4       1           type
 * 5       8           correlation id, or what the type has in its place
 * 13      length - 9  payload, by type: see PayloadLayout for version 1, the layouts in v2 for version 2
 * </pre>
 *
 * <p>Both versions are frozen. To change the format, write a new version: give it a number of its own beside
 * {@link #VERSION_2}, layout classes of its own, golden bytes in the tests, a part in {@code docs/protocol.md}, and let
 * HELLO choose among them; never edit a number here.
 */
public final class FrameLayout {
    /** The version of a connection until its HELLO has chosen another. */
    public static final int PROTOCOL_VERSION = 1;
    /** The version in which the broker pushes: its payloads are {@code io.blipmq.protocol.v2}'s. */
    public static final int VERSION_2 = 2;

    public static final int LENGTH_OFFSET = 0;
    public static final int LENGTH_BYTES = 4;
    public static final int TYPE_OFFSET = 4;
    public static final int CORRELATION_ID_OFFSET = 5;
    public static final int PAYLOAD_OFFSET = 13;
    /** Everything before the payload. */
    public static final int HEADER_BYTES = PAYLOAD_OFFSET;

    /** Type and correlation id, and no payload. */
    public static final int LENGTH_MIN = HEADER_BYTES - LENGTH_BYTES;
    /** 16 MiB: what one frame may ask a peer to hold in memory. */
    public static final int LENGTH_MAX = 16 * 1024 * 1024;

    /**
     * What a frame of a version 2 server may have beyond {@link #LENGTH_MAX}: a message that just fitted its PUBLISH is
     * delivered with a tag, and as a dead letter with properties that say why.
     */
    public static final int SERVER_EXCESS_BYTES_MAX = 2048;

    public static final int PAYLOAD_BYTES_MAX = LENGTH_MAX - LENGTH_MIN;
    public static final int FRAME_BYTES_MAX = LENGTH_BYTES + LENGTH_MAX;

    private FrameLayout() {}

    /** The frame's length field; negative when the unsigned value does not fit an int. */
    public static int length(ByteBuffer buffer, int frameOffset) {
        return buffer.getInt(frameOffset + LENGTH_OFFSET);
    }

    public static boolean isLengthValid(int length) {
        return length >= LENGTH_MIN && length <= LENGTH_MAX;
    }

    /** Whether a version 2 server may send a frame of this length. */
    public static boolean isServerLengthValid(int length) {
        return length >= LENGTH_MIN && length <= LENGTH_MAX + SERVER_EXCESS_BYTES_MAX;
    }

    /** Bytes of the whole frame, length field included, for a valid length. */
    public static int frameBytes(int length) {
        return LENGTH_BYTES + length;
    }

    public static int payloadBytes(int length) {
        return length - LENGTH_MIN;
    }

    public static byte type(ByteBuffer buffer, int frameOffset) {
        return buffer.get(frameOffset + TYPE_OFFSET);
    }

    public static long correlationId(ByteBuffer buffer, int frameOffset) {
        return buffer.getLong(frameOffset + CORRELATION_ID_OFFSET);
    }
}
