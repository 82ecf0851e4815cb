package io.blipmq.net.blip;

import io.blipmq.broker.Broker;
import io.blipmq.broker.Client;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.net.EndReason;
import io.blipmq.net.NetMetric;
import io.blipmq.net.OutputQueue;
import io.blipmq.net.ProtocolMetrics;
import io.blipmq.net.ProtocolViolation;
import io.blipmq.net.Session;
import io.blipmq.net.SessionHost;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.TextRefusal;
import io.blipmq.protocol.v2.V2Nack;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * What the sessions of all versions do: frames, AUTH and PING, and what happens when they end. Owned by the broker thread.
 *
 * <p>Each type of request has its handler, which reads top-down: parse, validate, authorise, act, answer. A handler returns
 * false when the log has no room just now; the frame is offered again in a later turn.
 */
public abstract class BlipSession implements Session {
    private final BlipResources shared;
    private final SessionHost host;
    private final int version;
    private final ProtocolMetrics metrics;
    private SessionState state = SessionState.STRANGER;
    /** The largest value that a frame's length field may have. */
    private int lengthMax;

    private Client client;
    private OwnerId owner;
    private int wrongKeys;

    protected BlipSession(BlipResources shared, SessionHost host, BlipVersion version) {
        this.shared = shared;
        this.host = host;
        this.version = version.number();
        this.metrics = version.metrics();
        lengthMax = lengthMax(host.packetBytesMax());
    }

    /** Where this session's answers go. */
    protected abstract Answers<?> answers();

    /** Answers the HELLO that this session was begun for. */
    protected abstract void answerHello(long correlationId);

    /** Makes an authenticated client known to the broker. */
    protected abstract Client connect(OwnerId owner, String address);

    /** Handles a frame of a client that has shown its key. @return false when the frame has to wait */
    protected abstract boolean onRequest(
            FrameType type, long correlationId, ByteBuffer buffer, int payload, int payloadLength);

    // --- frames ---

    @Override
    public final int packetBytes(ByteBuffer buffer, int offset, int available) throws ProtocolViolation {
        if (available < FrameLayout.LENGTH_BYTES) {
            return 0;
        }
        int length = FrameLayout.length(buffer, offset);
        checkLength(length);
        int frameBytes = FrameLayout.frameBytes(length);
        if (frameBytes > available && available > FrameLayout.TYPE_OFFSET) {
            type(buffer, offset); // when the frame is all there this is onPacket's, which needs the type
        }
        return frameBytes;
    }

    private void checkLength(int length) throws ProtocolViolation {
        if (length >= 0 && length < FrameLayout.LENGTH_MIN) {
            throw ProtocolViolation.malformed(
                    "a frame length must be at least " + FrameLayout.LENGTH_MIN + ", not " + length);
        }
        if (length < 0 || length > lengthMax) {
            throw ProtocolViolation.tooLong(
                    "a frame length must be at most " + lengthMax + ", not " + Integer.toUnsignedString(length));
        }
    }

    private FrameType type(ByteBuffer buffer, int offset) throws ProtocolViolation {
        byte value = FrameLayout.type(buffer, offset);
        FrameType type = FrameType.ofClient(version, value);
        if (type == null) {
            throw unexpected(value);
        }
        return type;
    }

    private ProtocolViolation unexpected(byte value) {
        FrameType type = FrameType.of(version, value);
        return ProtocolViolation.malformed(
                type == null
                        ? "version " + version + " has no frame type " + Byte.toUnsignedInt(value)
                        : "only the server may send the frame type " + type);
    }

    /** The largest value that the length field of a frame of so many bytes may have. */
    public static int lengthMax(int packetBytesMax) {
        return Math.min(FrameLayout.LENGTH_MAX, packetBytesMax - FrameLayout.LENGTH_BYTES);
    }

    @Override
    public final boolean onPacket(ByteBuffer buffer, int offset, int packetBytes) throws ProtocolViolation {
        FrameType type = type(buffer, offset);
        long correlationId = FrameLayout.correlationId(buffer, offset);
        int payload = offset + FrameLayout.PAYLOAD_OFFSET;
        int payloadLength = packetBytes - FrameLayout.HEADER_BYTES;
        if (client == null) {
            onHandshake(type, correlationId, buffer, payload, payloadLength);
            return true;
        }
        if (client.isBusy()) {
            return false;
        }
        return onRequest(type, correlationId, buffer, payload, payloadLength);
    }

    /** Handles what every version has. @return true, as no such frame has to wait */
    protected final boolean onCommonRequest(FrameType type, long correlationId) {
        switch (type) {
            case HELLO -> answers().nack(correlationId, Nack.HELLO_ALREADY_PERFORMED);
            case AUTH -> answers().nack(correlationId, Nack.ALREADY_AUTHENTICATED);
            case PING -> answers().pong(correlationId);
            default -> throw new IllegalStateException("no client of version " + version + " may send " + type);
        }
        return true;
    }

    /** Handles a frame of a client that has not shown its key. */
    void onHandshake(FrameType type, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        switch (type) {
            case HELLO -> answers().nack(correlationId, Nack.HELLO_ALREADY_PERFORMED);
            case AUTH -> AuthHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            default -> answers().nack(correlationId, Nack.UNAUTHENTICATED);
        }
    }

    @Override
    public final void onPacketsHandled(int packets) {
        metrics.onPacketsHandled(packets);
    }

    // --- the client ---

    void onAuthenticated(OwnerId newOwner) {
        owner = newOwner;
        client = connect(owner, text(host.address()));
        answers().onAuthenticated(client);
        transitionTo(SessionState.READY);
        lengthMax = lengthMax(host.packetBytesMax());
        metrics.onSessionReady();
    }

    void onWrongKey() {
        shared.metrics().increment(NetMetric.AUTH_FAILURES);
        wrongKeys++;
        if (wrongKeys == shared.limits().wrongKeysMax()) {
            end(V2Nack.TOO_MANY_WRONG_KEYS);
        }
    }

    private static String text(SocketAddress peer) {
        return peer instanceof InetSocketAddress inet ? hostText(inet) + ":" + inet.getPort() : String.valueOf(peer);
    }

    private static String hostText(InetSocketAddress inet) {
        return inet.isUnresolved() ? inet.getHostString() : inet.getAddress().getHostAddress();
    }

    // --- answers ---

    @Override
    public final boolean takesPacket() {
        return state != SessionState.CLOSING && !answers().isFull();
    }

    @Override
    public final boolean isAnswerWaiting() {
        return answers().isWaiting();
    }

    @Override
    public final boolean isAnswerDue() {
        return answers().isDue();
    }

    @Override
    public final int sendDueAnswers() {
        return answers().sendDue();
    }

    // --- the end ---

    /**
     * The one way to another state.
     *
     * <ul>
     *   <li>STRANGER → READY: an AUTH held a known key
     *   <li>any → CLOSING: too many wrong keys, a broken frame, a missed deadline, a newer connection of the same client,
     *       a node that does not lead, the end of input, a lost socket, shutdown
     * </ul>
     */
    private void transitionTo(SessionState next) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException("a session in " + state + " cannot become " + next);
        }
        state = next;
    }

    @Override
    public final void end(EndReason reason, String text) {
        end(new TextRefusal(code(reason), text(reason, text)));
    }

    /** What the client is told: what stands in the log, unless its version has other words for it. */
    protected String text(EndReason reason, String text) {
        return text;
    }

    private static int code(EndReason reason) {
        return switch (reason) {
            case HANDSHAKE_TIMEOUT, INPUT_TIMEOUT, INPUT_SHORT_TIMEOUT, SILENCE, OUTPUT_TIMEOUT -> 408;
            case DISK_FULL -> 507;
            case REPLACED -> 409;
            case NOT_LEADER -> 421;
            case MALFORMED_PACKET -> 400;
            case PACKET_TOO_LONG -> 413;
        };
    }

    /** The server ends the session; a version that can tell its client why does so, behind whatever else it is owed. */
    protected void end(Refusal why) {
        onInputEnded();
    }

    @Override
    public final void dropWaitingAnswers() {
        answers().clear();
    }

    /** The broker lets go of the client, so that its subscriptions are free for the next one. */
    @Override
    public final void onInputEnded() {
        if (state != SessionState.CLOSING) {
            transitionTo(SessionState.CLOSING);
        }
        if (client != null) {
            shared.broker().disconnect(client);
            metrics.onSessionEnded();
            client = null;
            onDisconnected(owner);
        }
    }

    /** The broker knows the client no more. */
    protected void onDisconnected(OwnerId lastOwner) {}

    @Override
    public final void onClosed() {
        onInputEnded();
        answers().clear();
    }

    @Override
    public final boolean isReady() {
        return state == SessionState.READY;
    }

    @Override
    public final boolean isEnded() {
        return state == SessionState.CLOSING;
    }

    // --- for the handlers ---

    protected final SessionHost host() {
        return host;
    }

    public final Broker broker() {
        return shared.broker();
    }

    /** Null before AUTH and after the end of the input. */
    public final Client client() {
        return client;
    }

    public final OutputQueue output() {
        return host.output();
    }

    final BlipResources shared() {
        return shared;
    }
}
