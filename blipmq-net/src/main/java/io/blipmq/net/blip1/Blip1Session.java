package io.blipmq.net.blip1;

import io.blipmq.broker.Client;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.net.SessionHost;
import io.blipmq.net.blip.BlipResources;
import io.blipmq.net.blip.BlipSession;
import io.blipmq.protocol.FrameType;
import java.nio.ByteBuffer;

/** A session of version 1: its requests after AUTH, each with its handler. Owned by the broker thread. */
final class Blip1Session extends BlipSession {
    private final Blip1 version;
    private final Blip1Answers answers;

    Blip1Session(BlipResources shared, Blip1 version, SessionHost host) {
        super(shared, host, version);
        this.version = version;
        answers = new Blip1Answers(this, shared);
    }

    @Override
    protected void answerHello(long correlationId) {
        answers.ack(correlationId, 0);
    }

    @Override
    protected Client connect(OwnerId owner, String address) {
        return broker().connect(owner, address);
    }

    @Override
    protected boolean onRequest(FrameType type, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        return switch (type) {
            case PUBLISH -> PublishHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case SUBSCRIBE -> SubscribeHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case ACK -> AckHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case POLL -> PollHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case NACK, PONG -> true; // a client has nothing to say with them
            default -> onCommonRequest(type, correlationId);
        };
    }

    @Override
    protected Blip1Answers answers() {
        return answers;
    }

    Blip1 version() {
        return version;
    }
}
