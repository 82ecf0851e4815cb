package io.blipmq.client;

import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.ProtocolException;
import io.blipmq.protocol.v2.PublishLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads what several parts of the client have to read. Stateless. */
final class Frames {
    /** A refusal as it came. */
    record Nack(int code, String text) {}

    private Frames() {}

    static Nack nack(ByteBuffer buffer, int payloadOffset, int payloadLength) throws ProtocolException {
        require(PayloadLayout.isNack(buffer, payloadOffset, payloadLength), FrameType.NACK);
        int textLength = PayloadLayout.nackTextLength(buffer, payloadOffset);
        return new Nack(
                PayloadLayout.nackCode(buffer, payloadOffset),
                text(buffer, payloadOffset + PayloadLayout.NACK_TEXT_OFFSET, textLength));
    }

    static boolean isConfirm(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        return PublishLayout.isConfirm(buffer, payloadOffset, payloadLength);
    }

    static void require(boolean parses, FrameType type) throws ProtocolException {
        if (!parses) {
            throw new ProtocolException("the broker sent a " + type + " that does not parse");
        }
    }

    static String text(ByteBuffer buffer, int offset, int length) {
        return new String(bytes(buffer, offset, length), StandardCharsets.UTF_8);
    }

    static byte[] bytes(ByteBuffer buffer, int offset, int length) {
        byte[] bytes = new byte[length];
        buffer.get(offset, bytes);
        return bytes;
    }
}
