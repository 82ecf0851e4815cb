package io.blipmq.net;

import io.blipmq.broker.BatchResult;
import io.blipmq.broker.Broker;
import io.blipmq.broker.SettleRequest;
import io.blipmq.broker.SettleResult;
import io.blipmq.broker.message.MessageView;
import io.blipmq.broker.message.PublishBatch;
import io.blipmq.protocol.v2.Welcome;
import java.nio.ByteBuffer;

/** What the connections of one event loop share. Owned by the broker thread. */
final class LoopResources {
    /** Unauthenticated peers can never take more than this part of the room for unfinished frames. */
    private static final int PRE_AUTH_DIVISOR = 8;
    /** What is read at a time to be thrown away. */
    static final int DISCARD_BYTES = 16 * 1024;

    final Broker broker;
    final NetMetrics metrics;
    final ApiKeys keys;
    final ByteBuffer readBuffer;
    /** Where goes what nobody reads any more. */
    final ByteBuffer discardBuffer;

    final BufferPool pool;
    final ByteBudget preAuthAssembly;
    final ByteBudget assembly;
    final ByteBudget output;
    final Deliveries deliveries = new Deliveries();
    final MessageView message = new MessageView();
    final PublishBatch publishBatch = new PublishBatch();
    final BatchResult batchResult = new BatchResult();
    final SettleRequest settleRequest = new SettleRequest();
    final SettleResult settleResult = new SettleResult();
    final ActiveConnections active = new ActiveConnections();
    final Welcome welcome;
    final NetTimes times;
    final NetLimits limits;
    /** Whose client is on which connection. */
    final Instances instances = new Instances();
    /** The time of this turn. */
    long nowNanos;
    /** The largest value of a frame's length field after AUTH. */
    final int frameLengthMax;
    /** How long clients may still settle what they hold, once the daemon is about to end; negative before. */
    int goAwayMillis = -1;

    LoopResources(Broker broker, NetOptions options, NetMetrics metrics) {
        NetBudgets budgets = options.budgets();
        times = options.times();
        limits = options.limits();
        readBuffer = ByteBuffer.allocateDirect(limits.readBufferBytes());
        discardBuffer = ByteBuffer.allocateDirect(DISCARD_BYTES);
        // A turn's reading, and two of the largest frames that such a peer may send.
        long preAuthBytesMin = limits.readBufferBytes() + 2L * limits.strangerFrameBytesMax();
        long preAuthBytes = Math.max(preAuthBytesMin, budgets.assemblyBytes() / PRE_AUTH_DIVISOR);
        this.broker = broker;
        this.metrics = metrics;
        welcome = options.welcome();
        frameLengthMax = budgets.frameLengthMax();
        keys = new ApiKeys(options.keys());
        pool = new BufferPool((budgets.assemblyBytes() + budgets.outputBytes()) / 2, budgets.sharedBytesMax());
        preAuthAssembly = new ByteBudget(preAuthBytes, limits.readBufferBytes());
        assembly = new ByteBudget(budgets.assemblyBytes() - preAuthBytes, limits.readBufferBytes());
        output = new ByteBudget(budgets.outputBytes(), 0);
    }
}
