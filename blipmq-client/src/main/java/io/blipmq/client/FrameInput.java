package io.blipmq.client;

import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * Owned by the client's thread. Assembles frames from what a channel gives.
 *
 * <p>The buffer holds the unhandled bytes from {@code frameOffset} to its position. It grows only when a frame is larger
 * than it, to that frame's size, and gives the room back once it is empty.
 */
final class FrameInput {
    /** One read's worth: some hundred small frames. */
    private static final int READ_BYTES_MAX = 64 * 1024;

    private final ByteBuffer small = ByteBuffer.allocate(READ_BYTES_MAX);
    private ByteBuffer buffer = small;
    private int frameOffset;

    /** @return what {@link ReadableByteChannel#read} returned */
    int readFrom(ReadableByteChannel channel) throws IOException {
        makeRoom();
        int position = buffer.position();
        buffer.limit(Math.min(buffer.capacity(), position + READ_BYTES_MAX));
        return channel.read(buffer);
    }

    /**
     * Hands over the next frame, if it is here as a whole.
     *
     * @return whether there was one
     */
    boolean handleNext(FrameHandler handler) throws ProtocolException {
        int available = buffer.position() - frameOffset;
        if (available < FrameLayout.LENGTH_BYTES) {
            return false;
        }
        int length = validLength();
        if (available < FrameLayout.frameBytes(length)) {
            return false;
        }
        int offset = frameOffset;
        frameOffset += FrameLayout.frameBytes(length);
        handler.onFrame(
                type(offset),
                FrameLayout.correlationId(buffer, offset),
                buffer,
                offset + FrameLayout.PAYLOAD_OFFSET,
                FrameLayout.payloadBytes(length));
        return true;
    }

    private int validLength() throws ProtocolException {
        int length = FrameLayout.length(buffer, frameOffset);
        if (!FrameLayout.isServerLengthValid(length)) {
            throw new ProtocolException(
                    "the server sent a frame of impossible length " + Integer.toUnsignedString(length));
        }
        return length;
    }

    private FrameType type(int offset) throws ProtocolException {
        byte value = FrameLayout.type(buffer, offset);
        FrameType type = FrameType.of(FrameLayout.VERSION_2, value);
        if (type == null) {
            throw new ProtocolException("the server sent a frame of unknown type " + Byte.toUnsignedInt(value));
        }
        return type;
    }

    /** Afterwards the buffer has room for at least one byte, and for the whole of a frame whose length is known. */
    private void makeRoom() throws ProtocolException {
        int available = buffer.position() - frameOffset;
        if (available == 0) {
            buffer = small.clear();
            frameOffset = 0;
            return;
        }
        int needed =
                available < FrameLayout.LENGTH_BYTES ? FrameLayout.HEADER_BYTES : FrameLayout.frameBytes(validLength());
        if (frameOffset + needed > buffer.capacity()) {
            moveUnhandled(needed);
        }
    }

    private void moveUnhandled(int needed) {
        buffer.flip().position(frameOffset);
        if (needed > buffer.capacity()) {
            buffer = ByteBuffer.allocate(needed).put(buffer);
        } else {
            buffer.compact();
        }
        frameOffset = 0;
    }
}
