package io.blipmq.net;

import io.blipmq.broker.Broker;
import io.blipmq.broker.Client;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.message.MessageView;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.v2.V2Nack;
import io.blipmq.protocol.v2.Welcome;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * What one connection may ask and what it is answered. Owned by the broker thread.
 *
 * <p>HELLO chooses the protocol's version: what follows AUTH is {@link PollSession}'s in version 1 and {@link
 * PushSession}'s in version 2. Each type of frame has its handler, which reads top-down: parse, validate, authorise, act, answer. A handler
 * returns false when the journal has no room just now; the frame is offered again in a later turn.
 */
final class Session {
    private final LoopResources shared;
    private final Answers answers;
    private final OutputQueue output;
    private final SessionHost host;
    private final SocketAddress peer;
    /** Whether it is one too many, and only waits to be told so. */
    private final boolean surplus;

    private int version = FrameLayout.PROTOCOL_VERSION;
    /** Of version 2, else null. */
    private PushSession pushSession;

    private SessionState state = SessionState.AWAIT_HELLO;
    private Client client;
    private OwnerId owner;
    private int wrongKeys;
    /** What a client that can be told is to be told when everything else has been said; null: nothing. */
    private Refusal lastWord;

    /**
     * @param peer where the client comes from
     * @param surplus whether the client is one too many
     */
    Session(
            LoopResources shared,
            Answers answers,
            OutputQueue output,
            SessionHost host,
            SocketAddress peer,
            boolean surplus) {
        this.shared = shared;
        this.answers = answers;
        this.output = output;
        this.host = host;
        this.peer = peer;
        this.surplus = surplus;
    }

    /** @return false when the frame has to wait */
    boolean onFrame(ByteBuffer buffer, int frameOffset, int frameBytes) {
        FrameType type = FrameType.of(version, FrameLayout.type(buffer, frameOffset));
        long correlationId = FrameLayout.correlationId(buffer, frameOffset);
        int payload = frameOffset + FrameLayout.PAYLOAD_OFFSET;
        int payloadLength = frameBytes - FrameLayout.HEADER_BYTES;
        if (surplus && type != FrameType.HELLO) {
            onInputEnded();
            return true;
        }
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
     *   <li>any → CLOSING: too many wrong keys, a broken frame, a missed deadline, a newer connection of the same client,
     *       the end of input, a lost socket, shutdown
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
        pushSession = new PushSession(shared, answers, output, new Pushes(output, host::onOutput), greeting);
    }

    void onAuthenticated(OwnerId newOwner) {
        owner = newOwner;
        if (pushSession != null) {
            shared.instances.enter(owner, pushSession.greeting().instance(), this);
        }
        client =
                pushSession == null ? shared.broker.connect(owner, peerText()) : pushSession.connect(owner, peerText());
        answers.onAuthenticated(client);
        transitionTo(SessionState.READY);
        shared.metrics.increment(sessionsMetric());
    }

    /** When the daemon is about to end, a client that can be told so is told. */
    void tellIfGoingAway() {
        if (shared.goAwayMillis >= 0 && pushSession != null && isReady()) {
            pushSession.goAway(V2Nack.SHUTTING_DOWN, shared.goAwayMillis);
            host.onOutput();
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
        if (wrongKeys == shared.limits.wrongKeysMax()) {
            end(V2Nack.TOO_MANY_WRONG_KEYS);
        }
    }

    /** A newer connection of the same client has authenticated. */
    void replace() {
        host.onReplaced();
    }

    /** The server ends the session: a client that can be told why is told, behind whatever else it is owed. */
    void end(Refusal why) {
        if (pushSession != null) {
            lastWord = why;
        }
        onInputEnded();
    }

    /** Writes what is to be said last. @return whether there was anything */
    boolean sayLastWord() {
        if (lastWord == null) {
            return false;
        }
        pushSession.goAway(lastWord, 0);
        lastWord = null;
        return true;
    }

    /** Whether the client is yet to be told why its session has ended. */
    boolean hasLastWord() {
        return lastWord != null;
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

    /** Whether messages are pushed to the client, as version 2 does it. */
    boolean isPushed() {
        return pushSession != null;
    }

    /** Whether it is one too many. */
    boolean isSurplus() {
        return surplus;
    }

    /** In which the client sends something; 0: it need not. */
    long heartbeatNanos() {
        return pushSession == null || !isReady()
                ? 0
                : TimeUnit.MILLISECONDS.toNanos(pushSession.greeting().heartbeatMillis());
    }

    /** The longest frame that the client may send. */
    int frameLengthMax() {
        return isReady() ? shared.frameLengthMax : shared.limits.strangerFrameBytesMax();
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

    /** To be used during one call. */
    MessageView message() {
        return shared.message;
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
                shared.instances.leave(owner, pushSession.greeting().instance(), this);
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
