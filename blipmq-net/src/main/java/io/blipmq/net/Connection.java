package io.blipmq.net;

import io.blipmq.protocol.ProtocolException;
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
 * <p>A peer that stops reading stops being read: while its output is full, or as many answers wait as may, its frames
 * stay where they are and read interest is off. The same holds while the journal takes no more.
 */
final class Connection {
    /**
     * About as many frames are read in a turn. Each may be for another topic, and what it touches has to be in the
     * processor's cache still when the turn comes to push. With one message of 100 bytes in each, what is pushed for them to
     * one connection stays below {@link OutputQueue#PUSH_HIGH_WATER_BYTES}, so that all of them go the short way.
     */
    private static final int FRAMES_PER_READ = 768;

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

    /** Where {@link Connections} has this one; negative when it has let go of it. */
    int index;
    /** Whether {@link Connections} has something to do for it in this turn. */
    boolean active;

    private int interestOps = SelectionKey.OP_READ;
    /** What {@link #FRAMES_PER_READ} frames take, of the size of the last ones; no bound while one is incomplete. */
    private long readBytesMax = Long.MAX_VALUE;

    private boolean refusedByJournal;
    private boolean broken;
    private boolean lost;
    private boolean closed;

    Connection(LoopResources shared, SocketChannel channel, SelectionKey key, long nowNanos) throws IOException {
        this.shared = shared;
        this.channel = channel;
        this.key = key;
        peer = channel.getRemoteAddress();
        input = new InputBuffer(shared);
        output = new OutputQueue(shared);
        answers = new Answers(shared, output);
        session = new Session(shared, answers, output, () -> shared.active.add(this), peer);
        deadlines = new ConnectionDeadlines(session, input, output, nowNanos);
    }

    /** Reads what the socket has, once. */
    int read(int bytesMax, boolean probeEnd) {
        if (!mayRead() || !input.fitsShared()) {
            return 0;
        }
        int read = input.read(channel, (int) Math.min(bytesMax, readBytesMax), probeEnd, session.assemblyBudget());
        shared.metrics.add(NetMetric.BYTES_IN, read);
        if (input.failure() != null) {
            onLost(input.failure());
        }
        return read;
    }

    /** Handles the frames that are there, as far as the journal and the output take them and a turn's work goes. */
    int handleInput(long nowNanos) {
        if (closed || session.isClosing()) {
            return 0;
        }
        int frames = handleFrames(nowNanos);
        if (session.isClosing()) {
            beginClosing(nowNanos);
        } else if (input.isEnded() && !input.hasFrame()) {
            session.onInputEnded();
            beginClosing(nowNanos);
        }
        return frames;
    }

    /** Sends the answers that had to wait. */
    int sendDueAnswers() {
        return closed ? 0 : answers.sendDue();
    }

    /** Writes once, and closes what has nothing more to say. */
    long flush(long nowNanos) {
        if (closed) {
            return 0;
        }
        long written = write();
        deadlines.onWritten(written, nowNanos);
        if (session.isClosing() && (broken || lost || isAnswered())) {
            close();
        } else {
            updateInterest();
        }
        return written;
    }

    /**
     * Closes what has taken too long; called now and then.
     *
     * @param roomIsShort whether all connections together had too much output when the round of calls began
     */
    void checkDeadlines(long nowNanos, boolean roomIsShort) {
        if (closed) {
            return;
        }
        if (!mayRead()) {
            input.restartPartial(nowNanos); // the rest may be there already
        }
        ConnectionDeadlines.Overdue overdue = deadlines.overdue(nowNanos, waitsForDisk(), roomIsShort);
        if (overdue != null) {
            overdue.count(shared.metrics);
            warn(overdue.reason());
            close();
        }
    }

    /** Ends session and socket at once and gives back every buffer. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
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
        return closed;
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

    /** Whether a frame has begun or has no room, output should go, or the session is not in its steady state: time matters. */
    boolean hasDeadline() {
        boolean holdsRoom = !output.isEmpty() && shared.output.isShort();
        return !closed && (!session.isReady() || input.isPartial() || waitsForDisk() || holdsRoom);
    }

    private int handleFrames(long nowNanos) {
        ByteBuffer buffer = input.buffer();
        int at = input.from();
        int to = input.to();
        int frames = 0;
        boolean refusedBefore = refusedByJournal;
        refusedByJournal = false;
        long workEnd = shared.broker.requestWork() + LoopResources.WORK_PER_TURN_MAX;
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
        readBytesMax = frames == 0 ? Long.MAX_VALUE : (long) FRAMES_PER_READ * (at - input.from()) / frames;
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
                && (session.isReady() || output.isBelow(OutputQueue.STRANGER_HIGH_WATER_BYTES));
    }

    private boolean mayRead() {
        return !closed
                && !input.isEnded()
                && mayHandle()
                && !refusedByJournal
                && !input.hasFrame()
                && input.hasRoom(session.assemblyBudget());
    }

    /** The peer broke the protocol: what it was already answered may leave, then the socket is closed. */
    private void onBroken(ProtocolException e) {
        shared.metrics.increment(NetMetric.PROTOCOL_ERRORS);
        warn(e.getMessage());
        broken = true;
        session.onInputEnded();
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

    private void beginClosing(long nowNanos) {
        deadlines.onClosing(nowNanos);
        input.drop();
    }

    private void updateInterest() {
        int ops = (mayRead() ? SelectionKey.OP_READ : 0) | (output.isEmpty() ? 0 : SelectionKey.OP_WRITE);
        if (ops != interestOps) {
            interestOps = ops;
            key.interestOps(ops);
        }
    }

    private void warn(String reason) {
        log.warn("Closed the connection from {}: {}", peer, reason);
    }
}
