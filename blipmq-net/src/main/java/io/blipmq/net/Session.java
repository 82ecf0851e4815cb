package io.blipmq.net;

import io.blipmq.broker.Broker;
import io.blipmq.broker.Client;
import io.blipmq.broker.OwnerId;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.Nack;
import java.nio.ByteBuffer;

/**
 * What one connection may ask and what it is answered: protocol version 1. Owned by the broker thread.
 *
 * <p>Each type of frame has its handler, which reads top-down: parse, validate, authorise, act, answer. A handler
 * returns false when the journal has no room just now; the frame is offered again in a later turn.
 */
final class Session {
    private static final int WRONG_KEYS_MAX = 3;

    private final LoopResources shared;
    private final Answers answers;
    private SessionState state = SessionState.AWAIT_HELLO;
    private Client client;
    private int wrongKeys;

    Session(LoopResources shared, Answers answers) {
        this.shared = shared;
        this.answers = answers;
    }

    /** @return false when the frame has to wait */
    boolean onFrame(ByteBuffer buffer, int frameOffset, int frameBytes) {
        FrameType type = FrameType.of(FrameLayout.PROTOCOL_VERSION, FrameLayout.type(buffer, frameOffset));
        long correlationId = FrameLayout.correlationId(buffer, frameOffset);
        int payload = frameOffset + FrameLayout.PAYLOAD_OFFSET;
        int payloadLength = frameBytes - FrameLayout.HEADER_BYTES;
        if (state != SessionState.READY && type != FrameType.HELLO && type != FrameType.AUTH) {
            answers.nack(correlationId, Nack.UNAUTHENTICATED);
            return true;
        }
        return switch (type) {
            case HELLO -> HelloHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case AUTH -> AuthHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case PUBLISH -> PublishHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case SUBSCRIBE -> SubscribeHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case ACK -> AckHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case POLL -> PollHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case PING -> PingHandler.onFrame(this, correlationId);
            default -> true; // NACK and PONG: a client has nothing to say with them
        };
    }

    /**
     * The one way to another state.
     *
     * <ul>
     *   <li>AWAIT_HELLO → AWAIT_AUTH: a HELLO asked for a version that is spoken here
     *   <li>AWAIT_AUTH → READY: an AUTH held a known key
     *   <li>any → CLOSING: too many wrong keys, a broken frame, the end of input, a lost socket, shutdown
     * </ul>
     */
    void transitionTo(SessionState next) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException("a session in " + state + " cannot become " + next);
        }
        state = next;
    }

    void onAuthenticated(byte[] key) {
        client = shared.broker.connect(OwnerId.ofKey(key));
        answers.onAuthenticated(client);
        transitionTo(SessionState.READY);
    }

    void onWrongKey() {
        shared.metrics.increment(NetMetric.AUTH_FAILURES);
        wrongKeys++;
        if (wrongKeys == WRONG_KEYS_MAX) {
            transitionTo(SessionState.CLOSING);
        }
    }

    /** No request follows: the broker lets go of the client, so that its subscriptions are free for the next one. */
    void onInputEnded() {
        answers.onInputEnded();
        if (state != SessionState.CLOSING) {
            transitionTo(SessionState.CLOSING);
        }
        disconnect();
    }

    /** Nothing is sent any more, either. */
    void onClosed() {
        onInputEnded();
        answers.clear();
    }

    SessionState state() {
        return state;
    }

    boolean isReady() {
        return state == SessionState.READY;
    }

    boolean isClosing() {
        return state == SessionState.CLOSING;
    }

    /** The room for this session's unfinished frames: strangers share a small one. */
    ByteBudget assemblyBudget() {
        return isReady() ? shared.assembly : shared.preAuthAssembly;
    }

    Broker broker() {
        return shared.broker;
    }

    ApiKeys keys() {
        return shared.keys;
    }

    Client client() {
        return client;
    }

    Answers answers() {
        return answers;
    }

    private void disconnect() {
        if (client != null) {
            shared.broker.disconnect(client);
            client = null;
        }
    }
}
