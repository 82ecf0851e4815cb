package io.blipmq.net;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * One peer's socket, with what was read from it, what is to be written to it, and the session of its protocol. Owned by the
 * broker thread; the event loop calls each step of a turn for all connections before the next step.
 *
 * <p>How far packets are handled, and with them backpressure, is {@link PacketFlow}'s; how a connection ends is
 * {@link ConnectionLifecycle}'s.
 */
final class Connection implements SessionHost {
    private static final String NOT_OWNER = "a connection belongs to its event loop's thread";

    private final LoopResources shared;
    private final SocketChannel channel;
    private final SocketAddress peer;
    private final SelectionKey key;
    private final boolean surplus;
    private final InputBuffer input;
    private final OutputQueue output;
    private final ConnectionDeadlines deadlines;
    private final ConnectionLifecycle life;
    private final PacketFlow packets;

    /** Where {@link Connections} has this one; negative when it has let go of it. */
    int index;
    /** Whether {@link Connections} has something to do for it in this turn. */
    boolean active;

    private Session session;
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
        life = new ConnectionLifecycle(shared, this, channel, key, input, output, deadlines);
        packets = new PacketFlow(shared, this, life, input, output, deadlines);
        session = protocol.begin(this);
    }

    // --- the steps of a turn ---

    /** Reads what the socket has, once. */
    int read(int bytesMax, boolean probeEnd) {
        assert shared.isOwner() : NOT_OWNER;
        if (life.isLingering()) {
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
            life.onLost(input.failure());
        }
        return read;
    }

    /** Handles the packets that are there; see {@link PacketFlow}. */
    int handleInput(long nowNanos) {
        if (!life.takesPackets()) {
            return 0;
        }
        int handled = packets.handle(nowNanos);
        if (isEndUnhandled() && !input.hasPacket(session)) {
            session.onInputEnded();
        }
        if (session.isEnded()) {
            life.beginEnd(nowNanos, shared.times.lastAnswersNanos());
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
            written += life.goOnEnding(nowNanos);
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
            life.closeIfOverdue(nowNanos, isShort);
            return;
        }
        if (!isListening()) {
            restartInput(nowNanos);
        }
        EndReason overdue = deadlines.overdue(session, nowNanos, waitsForDisk(), isShort);
        if (overdue != null && surplus) {
            close(); // the log has a line about it already
        } else if (overdue != null) {
            life.endOverdue(overdue, nowNanos, isShort);
        }
    }

    /** Ends session and socket at once and gives back every buffer. */
    void close() {
        life.close();
    }

    /** This node has ceased to lead: nothing more is answered, and the peer is to connect to the node that leads. */
    void onLeadershipLost() {
        assert shared.isOwner() : NOT_OWNER;
        session.dropWaitingAnswers();
        if (session.isReady()) {
            life.endUnlogged(EndReason.NOT_LEADER, shared.nowNanos);
        }
        shared.active.add(this);
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
        assert shared.isOwner() : NOT_OWNER;
        shared.active.add(this);
    }

    @Override
    public void handOver(Session successor) {
        assert shared.isOwner() : NOT_OWNER;
        session = successor;
    }

    @Override
    public void replace() {
        assert shared.isOwner() : NOT_OWNER;
        if (session.isEnded()) {
            return;
        }
        packets.handle(shared.nowNanos);
        if (!session.isEnded()) {
            life.end(EndReason.REPLACED, shared.nowNanos);
        }
        shared.active.add(this);
    }

    // --- how it stands ---

    Session session() {
        return session;
    }

    boolean isClosed() {
        return life.isClosed();
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

    // --- the socket ---

    /** Offers the output to the socket once. @return bytes written */
    long write() {
        if (life.isLost()) {
            output.clear();
            return 0;
        }
        try {
            long written = output.write(channel);
            session.onWritten();
            return written;
        } catch (IOException e) {
            life.onLost(e);
            return 0;
        }
    }

    private void updateInterest() {
        if (isClosed()) {
            return;
        }
        boolean reads = mayRead() || life.isLingering();
        int ops = (reads ? SelectionKey.OP_READ : 0) | (output.isEmpty() ? 0 : SelectionKey.OP_WRITE);
        if (reads && !isListening()) {
            restartInput(shared.nowNanos);
        }
        if (ops != interestOps) {
            interestOps = ops;
            key.interestOps(ops);
        }
    }
}
