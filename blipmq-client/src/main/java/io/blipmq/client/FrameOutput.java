package io.blipmq.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Owned by the client's thread. Frames on their way into a socket.
 *
 * <p>Bytes from {@code start} to the buffer's position are not written yet. The buffer grows for a frame that is larger than
 * it, and gives the room back once everything is written.
 */
final class FrameOutput {
    /** One write's worth: what the JDK copies at once. */
    private static final int WRITE_BYTES_MAX = 128 * 1024;

    private final ByteBuffer small = ByteBuffer.allocate(2 * WRITE_BYTES_MAX);
    private ByteBuffer buffer = small;
    private int start;

    /** A buffer that has room for a frame of so many bytes, to be written at its position. */
    ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            buffer.flip().position(start);
            if (buffer.remaining() + bytes > buffer.capacity()) {
                buffer = ByteBuffer.allocate(Math.max(2 * buffer.capacity(), buffer.remaining() + bytes))
                        .put(buffer);
            } else {
                buffer.compact();
            }
            start = 0;
        }
        return buffer;
    }

    int pendingBytes() {
        return buffer.position() - start;
    }

    /** Writes as much as the channel takes. */
    int writeTo(WritableByteChannel channel) throws IOException {
        int total = 0;
        while (pendingBytes() > 0) {
            ByteBuffer part = buffer.duplicate();
            part.limit(start + Math.min(pendingBytes(), WRITE_BYTES_MAX)).position(start);
            int written = channel.write(part);
            start += written;
            total += written;
            if (part.hasRemaining()) {
                return total;
            }
        }
        buffer = small.clear();
        start = 0;
        return total;
    }
}
