package io.blipmq.net;

import io.blipmq.broker.BatchResult;
import io.blipmq.broker.Broker;
import io.blipmq.broker.SettleRequest;
import io.blipmq.broker.SettleResult;
import io.blipmq.protocol.v2.Welcome;
import java.nio.ByteBuffer;

/** What the connections of one event loop share. Owned by the broker thread. */
final class LoopResources {
    /** What a turn reads at most: large enough to make a turn's fixed cost small, small enough for the cache. */
    static final int READ_BUFFER_BYTES = 256 * 1024;

    /**
     * How many subscriptions and deliveries a connection's requests may make the broker look at in a turn; the request that
     * reaches it is the last one. Twice what a subscription may have in flight by default, about a millisecond.
     */
    static final int WORK_PER_TURN_MAX = 32_768;

    /** Unauthenticated peers can never take more than this part of the room for unfinished frames. */
    private static final int PRE_AUTH_DIVISOR = 8;
    /** A turn's reading, and two of the largest frames that such a peer may send. */
    private static final int PRE_AUTH_BYTES_MIN = READ_BUFFER_BYTES + 2 * FrameReader.PRE_AUTH_LENGTH_MAX;

    final Broker broker;
    final NetMetrics metrics;
    final ApiKeys keys;
    final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BUFFER_BYTES);
    final BufferPool pool;
    final ByteBudget preAuthAssembly;
    final ByteBudget assembly;
    final ByteBudget output;
    final Deliveries deliveries = new Deliveries();
    final BatchResult batchResult = new BatchResult();
    final SettleRequest settleRequest = new SettleRequest();
    final SettleResult settleResult = new SettleResult();
    final ActiveConnections active = new ActiveConnections();
    final Welcome welcome;
    final NetTimes times;
    final NetLimits limits;
    /** The largest value of a frame's length field after AUTH. */
    final int frameLengthMax;
    /** How long clients may still settle what they hold, once the daemon is about to end; negative before. */
    int goAwayMillis = -1;

    LoopResources(Broker broker, NetOptions options, NetMetrics metrics) {
        NetBudgets budgets = options.budgets();
        long preAuthBytes = Math.max(PRE_AUTH_BYTES_MIN, budgets.assemblyBytes() / PRE_AUTH_DIVISOR);
        this.broker = broker;
        this.metrics = metrics;
        welcome = options.welcome();
        times = options.times();
        limits = options.limits();
        frameLengthMax = budgets.frameLengthMax();
        keys = new ApiKeys(options.keys());
        pool = new BufferPool((budgets.assemblyBytes() + budgets.outputBytes()) / 2, budgets.sharedBytesMax());
        preAuthAssembly = new ByteBudget(preAuthBytes, READ_BUFFER_BYTES);
        assembly = new ByteBudget(budgets.assemblyBytes() - preAuthBytes, READ_BUFFER_BYTES);
        output = new ByteBudget(budgets.outputBytes(), 0);
    }
}
