package io.blipmq.net;

import io.blipmq.broker.Broker;
import java.nio.ByteBuffer;

/** What the connections of one event loop share. Owned by the broker thread. */
final class LoopResources {
    /** What a turn reads at most: large enough to make a turn's fixed cost small, small enough for the cache. */
    static final int READ_BUFFER_BYTES = 256 * 1024;

    /** Unauthenticated peers can never take more than this part of the room for unfinished frames. */
    private static final int PRE_AUTH_DIVISOR = 8;

    final Broker broker;
    final NetMetrics metrics;
    final ApiKeys keys;
    final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BUFFER_BYTES);
    final BufferPool pool;
    final ByteBudget preAuthAssembly;
    final ByteBudget assembly;
    final ByteBudget output;
    final Deliveries deliveries = new Deliveries();

    LoopResources(Broker broker, NetOptions options, NetMetrics metrics) {
        NetBudgets budgets = options.budgets();
        long preAuthBytes = budgets.assemblyBytes() / PRE_AUTH_DIVISOR;
        this.broker = broker;
        this.metrics = metrics;
        keys = new ApiKeys(options.keys());
        pool = new BufferPool((budgets.assemblyBytes() + budgets.outputBytes()) / 2);
        preAuthAssembly = new ByteBudget(preAuthBytes, READ_BUFFER_BYTES);
        assembly = new ByteBudget(budgets.assemblyBytes() - preAuthBytes, READ_BUFFER_BYTES);
        output = new ByteBudget(budgets.outputBytes(), 0);
    }
}
