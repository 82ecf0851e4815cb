package io.blipmq.net;

import io.blipmq.protocol.FrameType;
import java.nio.ByteBuffer;

/** The requests of protocol version 1 after AUTH. Stateless. */
final class PollSession {
    private PollSession() {}

    static boolean onFrame(
            Session session, FrameType type, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        return switch (type) {
            case PUBLISH -> PublishHandler.onFrame(session, correlationId, buffer, payload, payloadLength);
            case SUBSCRIBE -> SubscribeHandler.onFrame(session, correlationId, buffer, payload, payloadLength);
            case ACK -> AckHandler.onFrame(session, correlationId, buffer, payload, payloadLength);
            case POLL -> PollHandler.onFrame(session, correlationId, buffer, payload, payloadLength);
            case NACK, PONG -> true; // a client has nothing to say with them
            default -> throw new IllegalStateException("no client of version 1 may send " + type);
        };
    }
}
