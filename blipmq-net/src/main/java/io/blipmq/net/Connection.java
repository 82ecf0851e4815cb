package io.blipmq.net;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One peer's socket, with what was read from it, what is to be written to it, and the session of its protocol. Owned by the
 * broker thread; the event loop calls each step of a turn for all connections before the next step.
 *
 * <p>It ends when its peer has ended, when its session ends, or when the server ends it. The session then lets go of what it
 * holds, and what the peer is owed is sent; behind that comes the goodbye, if the protocol has one. A close with unread
 * input would destroy what the peer has not taken from the network yet, so after a goodbye the server shuts its own side
 * first and gives the peer some time to close the other.
 *
 * <p>A peer that stops reading stops being read: see {@link PacketFlow}.
 */
final class Connection implements SessionHost {
    private static final Logger logger = LoggerFactory.getLogger(Connection.class);

    private final LoopResources shared;
    private final SocketChannel channel;
    private final SocketAddress peer;
    private final SelectionKey key;
    private final boolean surplus;
    private final InputBuffer input;
    private final OutputQueue output;
    private final ConnectionDeadlines deadlines;
    private final PacketFlow packets;

    /** Where {@link Connections} has this one; negative when it has let go of it. */
    int index;
    /** Whether {@link Connections} has something to do for it in this turn. */
    boolean active;

    private Session session;
    private ConnectionState state = ConnectionState.OPEN;
    private int interestOps = SelectionKey.OP_READ;

    /** @param surplus whether there are as many connections as may be without it */
    Connection(
            LoopResources shared,
            SocketChannel channel,
            SelectionKey key,
            Protocol protocol,
            boolean surplus,
            long nowNanos)
            throws IOException {
        this.shared = shared;
        this.channel = channel;
        this.key = key;
        this.surplus = surplus;
        peer = channel.getRemoteAddress();
        input = new InputBuffer(shared);
        output = new OutputQueue(shared);
        deadlines = new ConnectionDeadlines(shared, input, output, surplus, nowNanos);
        packets = new PacketFlow(shared, this, input, output, deadlines);
        session = protocol.begin(this);
    }

    // --- the steps of a turn ---

    /** Reads what the socket has, once. */
    int read(int bytesMax, boolean probeEnd) {
        assert shared.isOwner() : "a connection belongs to its event loop's thread";
        if (state == ConnectionState.LINGERING) {
            input.discard(channel);
            return 0;
        }
        if (!mayRead() || !input.fitsShared()) {
            return 0;
        }
        int read = input.read(channel, (int) Math.min(bytesMax, packets.readBytesMax()), probeEnd, session);
        shared.metrics.add(NetMetric.BYTES_IN, read);
        if (read > 0) {
            deadlines.onHeard(shared.nowNanos);
        }
        if (input.failure() != null) {
            onLost(input.failure());
        }
        return read;
    }

    /** Handles the packets that are there; see {@link PacketFlow}. */
    int handleInput(long nowNanos) {
        if (!state.takesPackets()) {
            return 0;
        }
        int handled = packets.handle(nowNanos);
        if (isEndUnhandled() && !input.hasPacket(session)) {
            session.onInputEnded();
        }
        if (session.isEnded()) {
            beginEnd(nowNanos, shared.times.lastAnswersNanos());
        }
        return handled;
    }

    /** Sends the answers that had to wait. */
    int sendDueAnswers() {
        return isClosed() ? 0 : session.sendDueAnswers();
    }

    /** Writes once, and closes what has nothing more to say. */
    long flush(long nowNanos) {
        if (isClosed()) {
            return 0;
        }
        long written = write();
        deadlines.onWritten(written, nowNanos);
        if (session.isEnded()) {
            written += goOnEnding(nowNanos);
        }
        updateInterest();
        return written;
    }

    /**
     * Ends what has taken too long; called now and then.
     *
     * @param isShort what all connections together had too much of when the round of calls began
     */
    void checkDeadlines(long nowNanos, Shortage isShort) {
        if (isClosed()) {
            return;
        }
        if (session.isEnded()) {
            closeIfOverdue(nowNanos, isShort);
            return;
        }
        if (!isListening()) {
            restartInput(nowNanos);
        }
        EndReason overdue = deadlines.overdue(session, nowNanos, waitsForDisk(), isShort);
        if (overdue != null && surplus) {
            close(); // the log has a line about it already
        } else if (overdue != null) {
            boolean othersWait = overdue == EndReason.OUTPUT_TIMEOUT && isShort.ofOutput();
            endOverdue(overdue, nowNanos, othersWait);
        }
    }

    /** Tells the peer, if it can be told, that the daemon is about to end. */
    void onShutdown() {
        session.onShutdown();
    }

    // --- what the session asks for ---

    @Override
    public OutputQueue output() {
        return output;
    }

    @Override
    public SocketAddress address() {
        return peer;
    }

    @Override
    public boolean isSurplus() {
        return surplus;
    }

    @Override
    public int packetBytesMax() {
        boolean ready = session != null && session.isReady();
        return ready ? shared.packetBytesMax : shared.limits.strangerPacketBytesMax();
    }

    @Override
    public int shutdownMillis() {
        return shared.shutdownMillis;
    }

    @Override
    public void onOutput() {
        shared.active.add(this);
    }

    @Override
    public void handOver(Session successor) {
        session = successor;
    }

    @Override
    public void replace() {
        if (session.isEnded()) {
            return;
        }
        packets.handle(shared.nowNanos);
        if (!session.isEnded()) {
            end(EndReason.REPLACED, shared.nowNanos);
        }
        shared.active.add(this);
    }

    // --- how it stands ---

    Session session() {
        return session;
    }

    boolean isClosed() {
        return state == ConnectionState.CLOSED;
    }

    /** Whether nothing more comes in. */
    boolean isInputEnded() {
        return input.isEnded();
    }

    boolean isReady() {
        return session.isReady();
    }

    /** Whether everything this peer is owed has left. */
    boolean isAnswered() {
        return output.isEmpty() && !session.isAnswerWaiting();
    }

    /** Whether something is left for a later turn even if the socket stays silent. */
    boolean isUnfinished() {
        return session.isAnswerWaiting() || input.hasPacket(session) || isEndUnhandled() || isStalled();
    }

    /** Whether the next turn could go on at once, without waiting for anything. */
    boolean canGoOn() {
        boolean handles = input.hasPacket(session) ? !packets.isRefused() && packets.mayHandle() : isEndUnhandled();
        return handles || session.isAnswerDue();
    }

    /** Whether it waits for room that nothing announces: for its next packet in the log or the budget, or for output. */
    boolean isStalled() {
        return packets.isRefused() || !input.hasRoom(session) || isStarved();
    }

    /** Whether it waits until others have been written, for they hold all the room that there is for output. */
    boolean isStarved() {
        return output.isStarved();
    }

    /** Whether time matters: it ends or begins, a packet has begun or has no room, it waits for output or may be gone. */
    boolean hasDeadline() {
        boolean hasOutputDeadline = !output.isEmpty() && (session.isOutputTimed() || shared.output.isShort());
        return !isClosed()
                && (!session.isReady()
                        || input.isPartial()
                        || waitsForDisk()
                        || hasOutputDeadline
                        || session.silenceNanosMax() > 0);
    }

    /** It is not read meanwhile, so its peer may be gone; a subscription that it holds should not be kept for ever. */
    private boolean waitsForDisk() {
        return packets.isRefused() && shared.broker.isOutOfRoom();
    }

    private boolean mayRead() {
        return !isClosed() && packets.mayRead();
    }

    /** The rest of a packet, or a sign of life, may be there already and be read only from now on. */
    private void restartInput(long nowNanos) {
        input.restartPartial(nowNanos);
        deadlines.onHeard(nowNanos);
    }

    /** Whether whatever the socket had would have been read. */
    private boolean isListening() {
        return (interestOps & SelectionKey.OP_READ) != 0;
    }

    private boolean isEndUnhandled() {
        return input.isEnded() && !session.isEnded();
    }

    // --- the end ---

    /**
     * The one way to another state.
     *
     * <table>
     *   <tr><td>OPEN → LOST</td><td>the socket fails</td></tr>
     *   <tr><td>OPEN → BROKEN</td><td>the peer breaks a protocol that has no goodbye</td></tr>
     *   <tr><td>OPEN → ENDING</td><td>the session ends: by the peer's end of input, by itself, or by the server</td></tr>
     *   <tr><td>ENDING → GOODBYE</td><td>all that was owed has left, but for the goodbye</td></tr>
     *   <tr><td>GOODBYE → LINGERING</td><td>the goodbye has left, and the peer has not closed its side</td></tr>
     *   <tr><td>any → CLOSED</td><td>nothing is owed any more, the socket is lost, or its time is over</td></tr>
     * </table>
     */
    private void transitionTo(ConnectionState next) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException("a connection that is " + state + " cannot become " + next);
        }
        state = next;
    }

    /** The peer broke the protocol: what it is owed may leave if it can be told so, else what is queued. */
    void onViolation(ProtocolViolation e) {
        e.reason().count(shared.metrics);
        warn(e.getMessage());
        session.end(e.reason(), e.getMessage());
        if (state == ConnectionState.OPEN && !session.owesGoodbye()) {
            transitionTo(ConnectionState.BROKEN);
        }
    }

    /** The server ends the connection: what the peer is owed, and why, may leave if that does not take long. */
    private void end(EndReason reason, long nowNanos) {
        String text = reason.text(shared.times);
        reason.count(shared.metrics);
        warn(text);
        session.end(reason, text);
        beginEnd(nowNanos, shared.times.lingerNanos());
    }

    /** The session has ended, and what is owed has so long to leave. */
    private void beginEnd(long nowNanos, long limitNanos) {
        if (state == ConnectionState.OPEN) {
            transitionTo(ConnectionState.ENDING);
        }
        deadlines.onEnding(nowNanos, limitNanos);
        input.drop();
    }

    /** @return bytes written */
    private long goOnEnding(long nowNanos) {
        return switch (state) {
            case OPEN -> {
                beginEnd(nowNanos, shared.times.lastAnswersNanos());
                yield goOnEnding(nowNanos);
            }
            case ENDING -> isAnswered() ? closeOrSayGoodbye(nowNanos) : 0;
            case GOODBYE -> {
                lingerIfSaid();
                yield 0;
            }
            case LINGERING -> {
                closeIfPeerHas();
                yield 0;
            }
            case LOST, BROKEN -> {
                close();
                yield 0;
            }
            case CLOSED -> 0;
        };
    }

    private long closeOrSayGoodbye(long nowNanos) {
        if (!session.owesGoodbye()) {
            close();
            return 0;
        }
        session.sayGoodbye();
        transitionTo(ConnectionState.GOODBYE);
        deadlines.onEnding(nowNanos, shared.times.lingerNanos());
        long written = write();
        if (!isClosed()) {
            lingerIfSaid();
        }
        return written;
    }

    private void lingerIfSaid() {
        if (!isAnswered()) {
            return;
        }
        try {
            channel.shutdownOutput();
            transitionTo(ConnectionState.LINGERING);
            closeIfPeerHas();
        } catch (IOException e) {
            onLost(e);
        }
    }

    private void closeIfPeerHas() {
        if (input.isEnded()) {
            close();
        }
    }

    private void endOverdue(EndReason reason, long nowNanos, boolean othersWait) {
        end(reason, nowNanos);
        if (session.owesGoodbye() && !othersWait) {
            flush(nowNanos);
        } else {
            close();
        }
    }

    private void closeIfOverdue(long nowNanos, Shortage isShort) {
        if (isShort.ofOutput() && deadlines.isOutputStuck(nowNanos)) {
            EndReason.OUTPUT_TIMEOUT.count(shared.metrics);
            warn(EndReason.OUTPUT_TIMEOUT.text(shared.times));
            close();
        } else if (deadlines.isEndOverdue(nowNanos)) {
            if (state == ConnectionState.ENDING && !session.owesGoodbye()) {
                warn("its last answers were not taken in time");
            }
            close();
        }
    }

    /** Ends session and socket at once and gives back every buffer. */
    void close() {
        if (isClosed()) {
            return;
        }
        transitionTo(ConnectionState.CLOSED);
        session.onClosed();
        input.drop();
        output.clear();
        key.cancel();
        try {
            channel.close();
        } catch (IOException e) {
            logger.debug("Closing the connection from {} failed: {}", peer, e.toString());
        }
    }

    /** The socket failed. */
    private void onLost(IOException e) {
        logger.debug("Lost the connection from {}: {}", peer, e.toString());
        input.onFailed(e);
        output.clear();
        if (state == ConnectionState.OPEN) {
            transitionTo(ConnectionState.LOST);
        } else if (state != ConnectionState.LOST) {
            close();
        }
    }

    // --- the socket ---

    private long write() {
        if (state == ConnectionState.LOST) {
            output.clear();
            return 0;
        }
        try {
            long written = output.write(channel);
            session.onWritten();
            return written;
        } catch (IOException e) {
            onLost(e);
            return 0;
        }
    }

    private void updateInterest() {
        if (isClosed()) {
            return;
        }
        boolean reads = mayRead() || state == ConnectionState.LINGERING;
        int ops = (reads ? SelectionKey.OP_READ : 0) | (output.isEmpty() ? 0 : SelectionKey.OP_WRITE);
        if (reads && !isListening()) {
            restartInput(shared.nowNanos);
        }
        if (ops != interestOps) {
            interestOps = ops;
            key.interestOps(ops);
        }
    }

    private void warn(String reason) {
        logger.warn("Closed the connection from {}: {}", peer, reason);
    }
}
