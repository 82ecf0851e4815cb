package io.blipmq.client;

import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.ProtocolException;
import java.nio.ByteBuffer;

/** Takes frames as they are read. */
interface FrameHandler {
    /** The buffer's bytes are the handler's until it returns. */
    void onFrame(FrameType type, long correlationId, ByteBuffer buffer, int payloadOffset, int payloadLength)
            throws ProtocolException;
}
