package io.blipmq.net;

import io.blipmq.broker.Broker;
import java.nio.ByteBuffer;

/** What the connections of one event loop share. Owned by the broker thread. */
final class LoopResources {
    /** Unauthenticated peers can never take more than this part of the room for unfinished packets. */
    private static final int PRE_AUTH_DIVISOR = 8;
    /** What is read at a time to be thrown away. */
    static final int DISCARD_BYTES = 16 * 1024;

    final Broker broker;
    final NetMetrics metrics;
    final ByteBuffer readBuffer;
    /** Where goes what nobody reads any more. */
    final ByteBuffer discardBuffer;

    final BufferPool pool;
    final ByteBudget preAuthAssembly;
    final ByteBudget assembly;
    final ByteBudget output;
    final ActiveConnections active = new ActiveConnections();
    final NetTimes times;
    final NetLimits limits;
    /** The time of this turn. */
    long nowNanos;
    /** The largest packet of a peer that has shown who it is. */
    final int packetBytesMax;
    /** How long clients may still settle what they hold, once the daemon is about to end; negative before. */
    int shutdownMillis = -1;

    private Thread owner;

    LoopResources(Broker broker, NetOptions options, NetMetrics metrics) {
        NetBudgets budgets = options.budgets();
        times = options.times();
        limits = options.limits();
        readBuffer = ByteBuffer.allocateDirect(limits.readBufferBytes());
        discardBuffer = ByteBuffer.allocateDirect(DISCARD_BYTES);
        // A turn's reading, and two of the largest packets that such a peer may send.
        long preAuthBytesMin = limits.readBufferBytes() + 2L * limits.strangerPacketBytesMax();
        long preAuthBytes = Math.max(preAuthBytesMin, budgets.assemblyBytes() / PRE_AUTH_DIVISOR);
        this.broker = broker;
        this.metrics = metrics;
        packetBytesMax = budgets.packetBytesMax();
        pool = new BufferPool((budgets.assemblyBytes() + budgets.outputBytes()) / 2, budgets.sharedBytesMax());
        preAuthAssembly = new ByteBudget(preAuthBytes, limits.readBufferBytes());
        assembly = new ByteBudget(budgets.assemblyBytes() - preAuthBytes, limits.readBufferBytes());
        output = new ByteBudget(budgets.outputBytes(), 0);
    }

    /** The room for a session's unfinished packets: strangers share a small one. */
    ByteBudget assemblyOf(Session session) {
        return session.isReady() ? assembly : preAuthAssembly;
    }

    /** The calling thread owns everything here from now on. */
    void adopt() {
        owner = Thread.currentThread();
    }

    /** Whether the calling thread is the owner, which is the first one that asks until another adopts. */
    boolean isOwner() {
        if (owner == null) {
            adopt();
        }
        return owner == Thread.currentThread();
    }
}
