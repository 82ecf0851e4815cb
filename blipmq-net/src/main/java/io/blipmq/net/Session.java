package io.blipmq.net;

import io.blipmq.broker.Broker;
import io.blipmq.broker.Client;
import io.blipmq.broker.OwnerId;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.v2.Welcome;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * What one connection may ask and what it is answered. Owned by the broker thread.
 *
 * <p>HELLO chooses the protocol's version: what follows AUTH is {@link PollSession}'s in version 1 and {@link
 * PushSession}'s in version 2. Each type of frame has its handler, which reads top-down: parse, validate, authorise, act, answer. A handler
 * returns false when the journal has no room just now; the frame is offered again in a later turn.
 */
final class Session {
    private static final int WRONG_KEYS_MAX = 3;

    private final LoopResources shared;
    private final Answers answers;
    private final OutputQueue output;
    private final Runnable onOutput;
    private final SocketAddress peer;
    private int version = FrameLayout.PROTOCOL_VERSION;
    /** Of version 2, else null. */
    private PushSession pushSession;

    private SessionState state = SessionState.AWAIT_HELLO;
    private Client client;
    private int wrongKeys;

    /**
     * @param onOutput what to run when output has come up that no request asked for
     * @param peer where the client comes from
     */
    Session(LoopResources shared, Answers answers, OutputQueue output, Runnable onOutput, SocketAddress peer) {
        this.shared = shared;
        this.answers = answers;
        this.output = output;
        this.onOutput = onOutput;
        this.peer = peer;
    }

    /** @return false when the frame has to wait */
    boolean onFrame(ByteBuffer buffer, int frameOffset, int frameBytes) {
        FrameType type = FrameType.of(version, FrameLayout.type(buffer, frameOffset));
        long correlationId = FrameLayout.correlationId(buffer, frameOffset);
        int payload = frameOffset + FrameLayout.PAYLOAD_OFFSET;
        int payloadLength = frameBytes - FrameLayout.HEADER_BYTES;
        if (state != SessionState.READY && type != FrameType.HELLO && type != FrameType.AUTH) {
            answers.nack(correlationId, Nack.UNAUTHENTICATED);
            return true;
        }
        if (client != null && client.isBusy()) {
            return false;
        }
        return switch (type) {
            case HELLO -> HelloHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case AUTH -> AuthHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case PING -> PingHandler.onFrame(this, correlationId);
            default ->
                pushSession == null
                        ? PollSession.onFrame(this, type, correlationId, buffer, payload, payloadLength)
                        : pushSession.onFrame(type, correlationId, buffer, payload, payloadLength);
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

    /** HELLO asked for version 2. */
    void beginPushing(Greeting greeting) {
        version = FrameLayout.VERSION_2;
        pushSession = new PushSession(shared, answers, output, new Pushes(output, onOutput), greeting);
    }

    void onAuthenticated(OwnerId owner) {
        client =
                pushSession == null ? shared.broker.connect(owner, peerText()) : pushSession.connect(owner, peerText());
        answers.onAuthenticated(client);
        transitionTo(SessionState.READY);
        shared.metrics.increment(sessionsMetric());
    }

    /** When the daemon is about to end, a client that can be told so is told. */
    void tellIfGoingAway() {
        if (shared.goAwayMillis >= 0 && pushSession != null && isReady()) {
            pushSession.goAway(shared.goAwayMillis);
            onOutput.run();
        }
    }

    /** Called when output has been written. */
    void onWritten() {
        if (pushSession != null) {
            pushSession.onWritten();
        }
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

    /** The version that is spoken: 1 until HELLO has chosen another. */
    int version() {
        return version;
    }

    /** Where this session's frames are counted. */
    NetMetric framesMetric() {
        return pushSession == null ? NetMetric.FRAMES_IN_V1 : NetMetric.FRAMES_IN_V2;
    }

    /** What this server says of itself in WELCOME, once HELLO has been understood. */
    Welcome welcome() {
        return shared.welcome.withHeartbeat(pushSession.greeting().heartbeatMillis());
    }

    NetTimes times() {
        return shared.times;
    }

    /** The largest value that the length field of this client's frames may have. */
    int frameLengthMax() {
        return isReady() ? shared.frameLengthMax : FrameReader.PRE_AUTH_LENGTH_MAX;
    }

    SocketAddress peer() {
        return peer;
    }

    OutputQueue output() {
        return output;
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
            shared.metrics.add(sessionsMetric(), -1);
            client = null;
            if (pushSession != null) {
                pushSession.onDisconnected();
            }
        }
    }

    /** The peer's address and port, for an operator's eyes. */
    private String peerText() {
        return peer instanceof InetSocketAddress inet ? hostText(inet) + ":" + inet.getPort() : String.valueOf(peer);
    }

    private static String hostText(InetSocketAddress inet) {
        return inet.isUnresolved() ? inet.getHostString() : inet.getAddress().getHostAddress();
    }

    private NetMetric sessionsMetric() {
        return pushSession == null ? NetMetric.SESSIONS_V1 : NetMetric.SESSIONS_V2;
    }
}
