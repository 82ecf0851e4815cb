package io.blipmq.net;

import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.ProtocolException;
import java.nio.ByteBuffer;

/** Finds the frames in a connection's input. Stateless. */
final class FrameReader {
    private FrameReader() {}

    /**
     * Looks at the frame that begins at an offset, as far as it is there.
     *
     * @param version the protocol version that is spoken
     * @param lengthMax the largest value that the length field may have
     * @return its bytes when it is whole, else 0
     * @throws ProtocolException as soon as it is clear that no frame can begin like this
     */
    static int wholeFrameBytes(ByteBuffer buffer, int at, int to, int version, int lengthMax) throws ProtocolException {
        int available = to - at;
        if (available < FrameLayout.LENGTH_BYTES) {
            return 0;
        }
        int length = FrameLayout.length(buffer, at);
        checkLength(length, lengthMax);
        if (available > FrameLayout.TYPE_OFFSET) {
            checkType(FrameLayout.type(buffer, at), version);
        }
        int frameBytes = FrameLayout.frameBytes(length);
        return available >= frameBytes ? frameBytes : 0;
    }

    private static void checkLength(int length, int lengthMax) throws ProtocolException {
        if (length >= 0 && length < FrameLayout.LENGTH_MIN) {
            throw new ProtocolException("impossible frame length " + length);
        }
        if (length < 0 || length > lengthMax) {
            throw ProtocolException.tooLong(
                    "frame length " + Integer.toUnsignedString(length) + ", where " + lengthMax + " is the most");
        }
    }

    private static void checkType(byte value, int version) throws ProtocolException {
        FrameType type = FrameType.of(version, value);
        if (type == null) {
            throw new ProtocolException("unknown frame type " + Byte.toUnsignedInt(value));
        }
        if (!type.isOfClient(version)) {
            throw new ProtocolException("frame type " + type + ", which only the server sends");
        }
    }
}
