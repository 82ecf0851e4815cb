package io.blipmq.net;

import java.nio.ByteBuffer;

/**
 * A protocol's side of one connection: it finds packets in the bytes that come in, handles them, and writes answers and
 * pushes into {@link SessionHost#output()}. All methods are called on the broker thread, those of a turn in this order:
 * {@link #packetBytes} and {@link #onPacket} for packet after packet, {@link #onPacketsHandled}, {@link #sendDueAnswers},
 * and {@link #onWritten} once the output was offered to the socket.
 *
 * <p>The connection owns sockets, buffers, budgets, backpressure and deadlines. It reads no further while the session takes
 * no packet, and it enforces what the session declares here, such as the longest silence. A session that ends is closed
 * once what it owes has left.
 */
public interface Session {

    // --- packets in ---

    /**
     * Finds the end of the packet that begins at an offset. Called again when more has come, at another place perhaps.
     *
     * @param available how many bytes are there, at least 1
     * @return the bytes of the whole packet, which may be more than there are; 0 when they cannot be known yet. Never more
     *     than {@link SessionHost#packetBytesMax()}
     * @throws ProtocolViolation as soon as it is clear that no packet may begin like this; once the packet is complete
     *     {@link #onPacket} may be the one to throw it
     */
    int packetBytes(ByteBuffer buffer, int offset, int available) throws ProtocolViolation;

    /**
     * Handles a whole packet.
     *
     * @return false when the log has no room just now: the packet is offered again in a later turn, and nothing is read
     *     meanwhile
     * @throws ProtocolViolation when there is no such packet; it has had no effect
     */
    boolean onPacket(ByteBuffer buffer, int offset, int packetBytes) throws ProtocolViolation;

    /** So many packets have been handled one after the other: to be counted. */
    default void onPacketsHandled(int packets) {}

    /** Whether another packet is taken now: the session has not ended, and no earlier answer has to leave first. */
    default boolean takesPacket() {
        return !isEnded();
    }

    // --- answers and pushes out ---

    /** Whether answers wait for something to be stored. The connection is not closed before they have left. */
    default boolean isAnswerWaiting() {
        return false;
    }

    /** Whether an answer that waited could be sent now. */
    default boolean isAnswerDue() {
        return false;
    }

    /**
     * Sends the answers that wait no longer, as far as a turn's work goes.
     *
     * @return how many
     */
    default int sendDueAnswers() {
        return 0;
    }

    /** Output was offered to the socket: there may be room for what found none. */
    default void onWritten() {}

    // --- deadlines ---

    /** Whether the peer has shown who it is. Until then it has little room and little time. */
    boolean isReady();

    /** How long the peer may be silent before it is taken for gone; 0: for ever. */
    default long silenceNanosMax() {
        return 0;
    }

    /** Whether a peer that takes none of its output is closed even while nobody else needs the room. */
    default boolean isOutputTimed() {
        return false;
    }

    // --- the end ---

    /** Nothing more comes in: no packet is handled any more, what is owed may still leave. */
    void onInputEnded();

    /**
     * The server ends the session, as by {@link #onInputEnded}. A protocol that can say goodbye prepares to.
     *
     * @param text why, for a person
     */
    void end(EndReason reason, String text);

    /**
     * What earlier requests were to bring about may never happen, because this node has ceased to lead: answers that wait for
     * it are dropped. A session that goes on is ended next.
     */
    default void dropWaitingAnswers() {}

    /** Whether no packet is handled any more, because the input has ended, the server or the session itself wants it. */
    boolean isEnded();

    /** Whether the peer is yet to be told why the server ends the session. */
    default boolean owesGoodbye() {
        return false;
    }

    /** Everything else has left: writes the goodbye that is owed. */
    default void sayGoodbye() {}

    /** The connection is closed: nothing is sent any more. */
    void onClosed();

    /** The daemon is about to end: {@link SessionHost#shutdownMillis}. */
    default void onShutdown() {}
}
