package io.blipmq.net;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All connections of an event loop, and each step of a turn over those it concerns. Owned by the broker thread. */
final class Connections {
    private static final Logger logger = LoggerFactory.getLogger(Connections.class);

    private final LoopResources shared;
    private final List<Connection> all = new ArrayList<>();
    /** Those that this turn's selection found ready for reading or writing. */
    private final List<Connection> ready = new ArrayList<>();

    private final ActiveConnections active;

    private int surplus;
    private boolean strangersReady;
    private boolean canGoOn;
    private boolean stalled;
    private boolean hasDeadlines;
    private int firstToRead;
    private long sweptNanos;

    Connections(LoopResources shared) {
        this.shared = shared;
        active = shared.active;
    }

    /** Those that count against the limit. */
    int count() {
        return all.size() - surplus;
    }

    /** Those beyond the limit that are held until they have been told so. */
    int surplusCount() {
        return surplus;
    }

    void add(Connection connection, long nowNanos) {
        connection.index = all.size();
        all.add(connection);
        surplus += connection.isSurplus() ? 1 : 0;
        shared.metrics.set(NetMetric.CONNECTIONS, all.size());
        noteDeadline(nowNanos);
    }

    void onSelected(Connection connection) {
        strangersReady |= !connection.isReady();
        ready.add(connection);
    }

    /**
     * Reads from every ready socket, each its share, beginning with another one every turn.
     *
     * <p>A stranger among them may be a client that comes back. Its old connection should be seen to be gone before the new one
     * subscribes, so this also checks whether the other connections have ended.
     */
    int read() {
        int count = ready.size();
        if (count == 0) {
            return 0;
        }
        shared.readBuffer.clear();
        int bytesMax = Math.max(InputBuffer.READ_BYTES_MIN, shared.limits.readBufferBytes() / count);
        firstToRead++;
        for (int i = 0; i < count; i++) {
            Connection connection = ready.get(Math.floorMod(i + firstToRead, count));
            connection.read(bytesMax, strangersReady);
            active.add(connection);
        }
        ready.clear();
        strangersReady = false;
        return count;
    }

    /** Handles the packets of connections that have ended, then those of the others. */
    int handleInput(long nowNanos) {
        return handleInput(true, nowNanos) + handleInput(false, nowNanos);
    }

    int sendDueAnswers() {
        int sent = 0;
        for (int i = 0; i < active.count(); i++) {
            sent += active.get(i).sendDueAnswers();
        }
        return sent;
    }

    /** Writes every active connection's output and keeps those active that are not finished. */
    int flush(long nowNanos) {
        canGoOn = false;
        stalled = false;
        boolean starved = false;
        int kept = 0;
        long written = 0;
        for (int i = 0; i < active.count(); i++) {
            Connection connection = active.get(i);
            written += connection.flush(nowNanos);
            if (connection.isClosed()) {
                remove(connection);
            } else if (connection.isUnfinished()) {
                active.keep(kept++, connection);
                canGoOn |= connection.canGoOn();
                stalled |= connection.isStalled();
                starved |= connection.isStarved();
            } else {
                connection.active = false;
            }
            if (connection.hasDeadline()) {
                noteDeadline(nowNanos);
            }
        }
        active.truncate(kept);
        canGoOn |= starved && shared.output.hasRoomBeyond();
        return written > 0 ? 1 : 0;
    }

    /** Whether another turn would find work at once. */
    boolean canGoOn() {
        return canGoOn;
    }

    /** Whether somebody waits for room that nothing announces. */
    boolean isStalled() {
        return stalled;
    }

    /** Whether {@link #sweep} has to be called in time. */
    boolean hasDeadlines() {
        return hasDeadlines;
    }

    /** Ends connections that took too long, about once a second while there are any that could. */
    void sweep(long nowNanos) {
        if (!hasDeadlines || nowNanos - sweptNanos < shared.times.sweepNanos()) {
            return;
        }
        sweptNanos = nowNanos;
        hasDeadlines = false;
        boolean inputRefused = shared.assembly.takeRefused();
        inputRefused |= shared.preAuthAssembly.takeRefused();
        Shortage isShort = new Shortage(inputRefused, shared.output.isShort());
        for (int i = all.size() - 1; i >= 0; i--) {
            Connection connection = all.get(i);
            connection.checkDeadlines(nowNanos, isShort);
            hasDeadlines |= connection.hasDeadline();
            if (connection.isClosed()) {
                remove(connection);
            }
        }
    }

    /** This node has ceased to lead; peers that have not shown who they are learn of it when they do. */
    void onLeadershipLost() {
        logger.warn("This node no longer leads its cluster and closes its {} connections", all.size());
        all.forEach(Connection::onLeadershipLost);
    }

    /** Tells every peer that can be told that the daemon is about to end. */
    void onShutdown() {
        all.forEach(Connection::onShutdown);
    }

    boolean isAnswered() {
        for (int i = 0; i < all.size(); i++) {
            if (!all.get(i).isAnswered()) {
                return false;
            }
        }
        return true;
    }

    void closeAll() {
        all.forEach(Connection::close);
        all.clear();
        surplus = 0;
        active.truncate(0);
        ready.clear();
        shared.metrics.set(NetMetric.CONNECTIONS, 0);
    }

    private int handleInput(boolean ended, long nowNanos) {
        int packets = 0;
        for (int i = 0; i < active.count(); i++) {
            Connection connection = active.get(i);
            if (connection.isInputEnded() == ended) {
                packets += connection.handleInput(nowNanos);
            }
        }
        return packets;
    }

    private void remove(Connection connection) {
        int index = connection.index;
        if (index < 0) {
            return;
        }
        Connection last = all.remove(all.size() - 1);
        if (last != connection) {
            all.set(index, last);
            last.index = index;
        }
        connection.index = -1;
        surplus -= connection.isSurplus() ? 1 : 0;
        shared.metrics.set(NetMetric.CONNECTIONS, all.size());
    }

    private void noteDeadline(long nowNanos) {
        if (!hasDeadlines) {
            hasDeadlines = true;
            sweptNanos = nowNanos;
        }
    }
}
