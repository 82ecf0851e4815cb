package io.blipmq.net;

import java.nio.ByteBuffer;

/**
 * Takes one connection's packets to its session, as far as the session, the log and the output take them and a turn's work
 * goes. Owned by the broker thread.
 *
 * <p>This is where backpressure begins. A packet that is not handled stays in the input, and a connection whose packets
 * stay there is not read.
 */
final class PacketFlow {
    private final LoopResources shared;
    private final Connection connection;
    private final ConnectionLifecycle life;
    private final InputBuffer input;
    private final OutputQueue output;
    private final ConnectionDeadlines deadlines;

    /** The log had no room for the next packet. */
    private boolean refused;
    /** What the packets of one read take, of the size of the last ones; no bound while one is incomplete. */
    private long readBytesMax = Long.MAX_VALUE;

    PacketFlow(
            LoopResources shared,
            Connection connection,
            ConnectionLifecycle life,
            InputBuffer input,
            OutputQueue output,
            ConnectionDeadlines deadlines) {
        this.shared = shared;
        this.connection = connection;
        this.life = life;
        this.input = input;
        this.output = output;
        this.deadlines = deadlines;
    }

    /**
     * Handles the packets that are there.
     *
     * @return how many
     */
    int handle(long nowNanos) {
        ByteBuffer buffer = input.buffer();
        int from = input.from();
        int to = input.to();
        int at = from;
        int packets = 0;
        boolean refusedBefore = refused;
        refused = false;
        long workEnd = shared.broker.requestWork() + shared.limits.workPerTurnMax();
        try {
            Session session = connection.session();
            while (at < to && mayHandle(session) && shared.broker.requestWork() < workEnd) {
                int packetBytes = session.packetBytes(buffer, at, to - at);
                if (packetBytes == 0 || packetBytes > to - at) {
                    break;
                }
                if (!session.onPacket(buffer, at, packetBytes)) {
                    refused = true;
                    break;
                }
                at += packetBytes;
                packets++;
                session = connection.session(); // which the packet may have handed the connection over to
            }
        } catch (ProtocolViolation e) {
            life.onViolation(e);
        }
        readBytesMax = packets == 0 ? Long.MAX_VALUE : (long) shared.limits.packetsPerRead() * (at - from) / packets;
        Session next = connection.session();
        if (!next.isEnded()) {
            input.onHandled(at, next, nowNanos);
        }
        if (!refusedBefore || packets > 0) {
            deadlines.onLogMoved(nowNanos);
        }
        next.onPacketsHandled(packets);
        return packets;
    }

    /** Whether the session and the output would take another packet. */
    boolean mayHandle() {
        return mayHandle(connection.session());
    }

    private boolean mayHandle(Session session) {
        return session.takesPacket()
                && !output.isFull()
                && (output.isBelow(shared.limits.output().strangerHighWaterBytes()) || session.isReady());
    }

    /** Whether what the socket has would have a place, and be handled. */
    boolean mayRead() {
        Session session = connection.session();
        return !input.isEnded()
                && mayHandle(session)
                && !refused
                && !input.hasPacket(session)
                && input.hasRoom(session);
    }

    /** Whether the next packet waits until the log has room. */
    boolean isRefused() {
        return refused;
    }

    long readBytesMax() {
        return readBytesMax;
    }
}
