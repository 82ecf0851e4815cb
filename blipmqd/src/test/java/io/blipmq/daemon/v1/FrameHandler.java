package io.blipmq.daemon.v1;

import io.blipmq.protocol.FrameType;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes frames as they are read. */
@FunctionalInterface
interface FrameHandler {
    /** The payload may be read until the call returns; the buffer's position and limit say nothing. */
    void onFrame(FrameType type, long correlationId, ByteBuffer buffer, int payloadOffset, int payloadLength)
            throws IOException;
}
