package io.blipmq.net;

import io.blipmq.protocol.ProtocolException;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.TextRefusal;
import io.blipmq.protocol.v2.V2Nack;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's socket, with what was read from it, what is to be written to it, and its session. Owned by the broker
 * thread; the event loop calls each step of a turn for all connections before the next step.
 *
 * <p>It ends when its peer has ended, or when the server ends it; then its subscriptions are free at once, and what it is
 * still owed is sent. A client of version 2 that the server has ended is told why behind that.
 *
 * <p>A peer that stops reading stops being read: while its output is full, or as many answers wait as may, its frames
 * stay where they are and read interest is off. The same holds while the journal takes no more.
 */
final class Connection {
    private static final Logger log = LoggerFactory.getLogger(Connection.class);

    private final LoopResources shared;
    private final SocketChannel channel;
    private final SocketAddress peer;
    private final SelectionKey key;
    private final InputBuffer input;
    private final OutputQueue output;
    private final Answers answers;
    private final Session session;
    private final ConnectionDeadlines deadlines;
    private final ConnectionEnd end;

    /** Where {@link Connections} has this one; negative when it has let go of it. */
    int index;
    /** Whether {@link Connections} has something to do for it in this turn. */
    boolean active;

    private int interestOps = SelectionKey.OP_READ;
    /** What the frames of one read take, of the size of the last ones; no bound while one is incomplete. */
    private long readBytesMax = Long.MAX_VALUE;

    private boolean refusedByJournal;
    private boolean broken;
    private boolean lost;

    /** @param surplus whether there are as many connections as may be without it */
    Connection(LoopResources shared, SocketChannel channel, SelectionKey key, boolean surplus, long nowNanos)
            throws IOException {
        this.shared = shared;
        this.channel = channel;
        this.key = key;
        peer = channel.getRemoteAddress();
        input = new InputBuffer(shared);
        output = new OutputQueue(shared);
        answers = new Answers(shared, output);
        session = new Session(shared, answers, output, new Host(), peer, surplus);
        deadlines = new ConnectionDeadlines(shared, session, input, output, nowNanos);
        end = new ConnectionEnd(shared.times, channel, session, input, deadlines);
    }

    /** What its session asks of it. */
    private final class Host implements SessionHost {
        @Override
        public void onOutput() {
            shared.active.add(Connection.this);
        }

        @Override
        public void onReplaced() {
            if (session.isClosing()) {
                return;
            }
            shared.metrics.increment(NetMetric.CONNECTIONS_REPLACED);
            handleFrames(shared.nowNanos);
            if (!session.isClosing()) {
                endWith(V2Nack.REPLACED, shared.nowNanos);
            }
            shared.active.add(Connection.this);
        }
    }

    /** Reads what the socket has, once. */
    int read(int bytesMax, boolean probeEnd) {
        if (end.isLingering()) {
            input.discard(channel);
            return 0;
        }
        if (!mayRead() || !input.fitsShared()) {
            return 0;
        }
        int read = input.read(channel, (int) Math.min(bytesMax, readBytesMax), probeEnd, session.assemblyBudget());
        shared.metrics.add(NetMetric.BYTES_IN, read);
        if (read > 0) {
            deadlines.onHeard(shared.nowNanos);
        }
        if (input.failure() != null) {
            onLost(input.failure());
        }
        return read;
    }

    /** Handles the frames that are there, as far as the journal and the output take them and a turn's work goes. */
    int handleInput(long nowNanos) {
        if (end.hasBegun()) {
            return 0;
        }
        int frames = handleFrames(nowNanos);
        if (!session.isClosing() && input.isEnded() && !input.hasFrame()) {
            session.onInputEnded();
        }
        if (session.isClosing()) {
            end.begin(nowNanos, shared.times.lastAnswersNanos());
        }
        return frames;
    }

    /** Sends the answers that had to wait. */
    int sendDueAnswers() {
        return isClosed() ? 0 : answers.sendDue();
    }

    /** Writes once, and closes what has nothing more to say. */
    long flush(long nowNanos) {
        if (isClosed()) {
            return 0;
        }
        long written = write();
        deadlines.onWritten(written, nowNanos);
        if (session.isClosing()) {
            written += goOnEnding(nowNanos);
        } else {
            updateInterest();
        }
        return written;
    }

    /** @return bytes written */
    private long goOnEnding(long nowNanos) {
        long written = isAnswered() && end.sayLastWord(nowNanos) ? write() : 0;
        boolean silent = broken && !session.isPushed(); // version 1 has no word for it
        if (lost || silent || isAnswered() && end.mayClose()) {
            close();
            return written;
        }
        if (isAnswered()) {
            linger();
        }
        updateInterest();
        return written;
    }

    private void linger() {
        try {
            end.linger();
        } catch (IOException e) {
            onLost(e);
            close();
        }
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
        if (session.isClosing()) {
            closeIfOverdue(nowNanos, isShort);
            return;
        }
        if (!isListening()) {
            restartInput(nowNanos);
        }
        ConnectionDeadlines.Overdue overdue = deadlines.overdue(nowNanos, waitsForDisk(), isShort);
        if (overdue != null && session.isSurplus()) {
            close(); // that it is one too many stands in the log already
        } else if (overdue != null) {
            onOverdue(overdue, nowNanos, isShort);
        }
    }

    private void onOverdue(ConnectionDeadlines.Overdue overdue, long nowNanos, Shortage isShort) {
        overdue.count(shared.metrics);
        Refusal why = overdue.reason(shared.times);
        boolean othersWait = overdue == ConnectionDeadlines.Overdue.OUTPUT && isShort.ofOutput();
        if (session.isPushed() && !othersWait) {
            endWith(why, nowNanos);
            flush(nowNanos);
        } else {
            warn(why.text());
            close();
        }
    }

    private void closeIfOverdue(long nowNanos, Shortage isShort) {
        if (isShort.ofOutput() && deadlines.isOutputStuck(nowNanos)) {
            onOverdue(ConnectionDeadlines.Overdue.OUTPUT, nowNanos, isShort);
        } else if (deadlines.isEndOverdue(nowNanos)) {
            if (!end.isServers()) {
                warn("its last answers were not taken in time");
            }
            close();
        }
    }

    /** The server ends the connection: what the peer is owed, and why it is ended, may leave if that does not take long. */
    private void endWith(Refusal why, long nowNanos) {
        warn(why.text());
        session.end(why);
        end.begin(nowNanos, shared.times.lingerNanos());
    }

    /** Ends session and socket at once and gives back every buffer. */
    void close() {
        if (isClosed()) {
            return;
        }
        end.close();
        session.onClosed();
        input.drop();
        output.clear();
        key.cancel();
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("Closing the connection from {} failed: {}", peer, e.toString());
        }
    }

    void tellIfGoingAway() {
        session.tellIfGoingAway();
    }

    boolean isClosed() {
        return end.isClosed();
    }

    boolean isSurplus() {
        return session.isSurplus();
    }

    boolean isEnded() {
        return input.isEnded();
    }

    boolean isReady() {
        return session.isReady();
    }

    /** Whether everything this peer is owed has left. */
    boolean isAnswered() {
        return output.isEmpty() && !answers.isWaiting();
    }

    /** Whether something is left for a later turn even if the socket stays silent. */
    boolean isUnfinished() {
        return answers.isWaiting() || input.hasFrame() || isEndUnhandled() || isStalled();
    }

    /** Whether the next turn could go on at once, without waiting for anything. */
    boolean canGoOn() {
        boolean handles = input.hasFrame() ? !refusedByJournal && mayHandle() : isEndUnhandled();
        return handles || answers.isDue();
    }

    /** Whether it waits for room that nothing announces: for its next frame in the journal or the budget, or for output. */
    boolean isStalled() {
        return refusedByJournal || !input.hasRoom(session.assemblyBudget()) || isStarved();
    }

    /** Whether it waits until others have been written, for they hold all the room that there is for output. */
    boolean isStarved() {
        return output.isStarved();
    }

    /** Whether time matters: it ends or begins, a frame has begun or has no room, it waits for output or a heartbeat. */
    boolean hasDeadline() {
        boolean hasOutputDeadline = !output.isEmpty() && (session.isPushed() || shared.output.isShort());
        return !isClosed()
                && (!session.isReady()
                        || input.isPartial()
                        || waitsForDisk()
                        || hasOutputDeadline
                        || session.heartbeatNanos() > 0);
    }

    private int handleFrames(long nowNanos) {
        ByteBuffer buffer = input.buffer();
        int at = input.from();
        int to = input.to();
        int frames = 0;
        boolean refusedBefore = refusedByJournal;
        refusedByJournal = false;
        long workEnd = shared.broker.requestWork() + shared.limits.workPerTurnMax();
        try {
            while (mayHandle() && shared.broker.requestWork() < workEnd) {
                int frameBytes =
                        FrameReader.wholeFrameBytes(buffer, at, to, session.version(), session.frameLengthMax());
                if (frameBytes == 0) {
                    break;
                }
                if (!session.onFrame(buffer, at, frameBytes)) {
                    refusedByJournal = true;
                    break;
                }
                at += frameBytes;
                frames++;
            }
        } catch (ProtocolException e) {
            onBroken(e);
        }
        readBytesMax =
                frames == 0 ? Long.MAX_VALUE : (long) shared.limits.framesPerRead() * (at - input.from()) / frames;
        if (!session.isClosing()) {
            input.onHandled(at, session.assemblyBudget(), session.frameLengthMax(), nowNanos);
        }
        if (!refusedBefore || frames > 0) {
            deadlines.onJournalMoved(nowNanos);
        }
        shared.metrics.add(session.framesMetric(), frames);
        return frames;
    }

    /** It is not read meanwhile, so its peer may be gone; a subscription that it holds should not be kept for ever. */
    private boolean waitsForDisk() {
        return refusedByJournal && shared.broker.isOutOfRoom();
    }

    private boolean mayHandle() {
        return !session.isClosing()
                && !output.isFull()
                && !answers.isFull()
                && (session.isReady() || output.isBelow(shared.limits.output().strangerHighWaterBytes()));
    }

    private boolean mayRead() {
        return !isClosed()
                && !input.isEnded()
                && mayHandle()
                && !refusedByJournal
                && !input.hasFrame()
                && input.hasRoom(session.assemblyBudget());
    }

    /** The rest of a frame, or a sign of life, may be there already and be read only from now on. */
    private void restartInput(long nowNanos) {
        input.restartPartial(nowNanos);
        deadlines.onHeard(nowNanos);
    }

    /** Whether whatever the socket had would have been read. */
    private boolean isListening() {
        return (interestOps & SelectionKey.OP_READ) != 0;
    }

    /** The peer broke the protocol: what it is owed may leave, then the socket is closed. */
    private void onBroken(ProtocolException e) {
        shared.metrics.increment(NetMetric.PROTOCOL_ERRORS);
        warn(e.getMessage());
        broken = true;
        session.end(new TextRefusal(e.code(), e.getMessage()));
    }

    /** The socket failed: frames that came before are still handled, and nothing can be sent any more. */
    private void onLost(IOException e) {
        log.debug("Lost the connection from {}: {}", peer, e.toString());
        lost = true;
        input.onFailed(e);
        output.clear();
    }

    private boolean isEndUnhandled() {
        return input.isEnded() && !session.isClosing();
    }

    private long write() {
        if (lost) {
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
        boolean reads = mayRead() || end.isLingering();
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
        log.warn("Closed the connection from {}: {}", peer, reason);
    }
}
