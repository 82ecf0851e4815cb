package io.blipmq.net.blip;

import io.blipmq.broker.Client;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.net.SessionHost;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.v2.V2Nack;
import java.nio.ByteBuffer;

/**
 * A connection before HELLO has chosen a version: then it is handed over to that version's session. Owned by the broker
 * thread.
 */
final class HelloSession extends BlipSession {
    private final BlipProtocol protocol;
    private final Answers<HelloSession> answers;

    HelloSession(BlipResources shared, SessionHost host, BlipProtocol protocol) {
        super(shared, host, protocol.first());
        this.protocol = protocol;
        answers = new Answers<>(this, shared);
    }

    @Override
    protected Answers<HelloSession> answers() {
        return answers;
    }

    @Override
    void onHandshake(FrameType type, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        if (type == FrameType.HELLO) {
            onHello(correlationId, buffer, payload, payloadLength);
        } else if (host().isSurplus()) {
            onInputEnded(); // its version is not known, and so not whether it can be told
        } else {
            answers.nack(correlationId, type == FrameType.AUTH ? Nack.HELLO_NOT_PERFORMED : Nack.UNAUTHENTICATED);
        }
    }

    private void onHello(long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        BlipVersion version = payloadLength < PayloadLayout.HELLO_BYTES
                ? null
                : protocol.version(PayloadLayout.helloVersion(buffer, payload));
        Refusal refusal = refusal(version, buffer, payload, payloadLength);
        if (refusal != null) {
            answers.nack(correlationId, refusal);
            return;
        }
        BlipSession session = version.begin(host(), buffer, payload);
        host().handOver(session);
        if (host().isSurplus()) {
            session.end(V2Nack.TOO_MANY_CONNECTIONS);
        } else {
            session.answerHello(correlationId);
        }
    }

    private static Refusal refusal(BlipVersion version, ByteBuffer buffer, int payload, int payloadLength) {
        if (payloadLength < PayloadLayout.HELLO_BYTES) {
            return Nack.INVALID_HELLO;
        }
        return version == null ? Nack.UNSUPPORTED_VERSION : version.refusal(buffer, payload, payloadLength);
    }

    @Override
    protected void answerHello(long correlationId) {
        throw new IllegalStateException("no HELLO has been understood yet");
    }

    @Override
    protected Client connect(OwnerId owner, String address) {
        throw new IllegalStateException("no client is known before HELLO");
    }

    @Override
    protected boolean onRequest(FrameType type, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        throw new IllegalStateException("no request is taken before HELLO");
    }
}
