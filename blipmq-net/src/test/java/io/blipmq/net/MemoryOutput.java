package io.blipmq.net;

import java.io.IOException;
import java.util.Arrays;

/** An output whose peer takes everything: what sessions of all protocols write into, and what came of it. One thread's. */
public final class MemoryOutput {
    private final NetMetrics metrics = new NetMetrics();
    private final LoopResources shared =
            new LoopResources(null, new NetOptions(1, new NetBudgets(26L << 20, 17L << 20)), metrics);
    private final OutputQueue queue = new OutputQueue(shared);
    private final MemoryChannel channel = new MemoryChannel(new byte[0], Integer.MAX_VALUE);

    public OutputQueue queue() {
        return queue;
    }

    /** What has been written since the last time. */
    public byte[] written() throws IOException {
        int before = channel.output().length;
        while (!queue.isEmpty()) {
            queue.write(channel);
        }
        byte[] all = channel.output();
        return Arrays.copyOfRange(all, before, all.length);
    }

    /** The connection is lost. */
    public void clear() {
        queue.clear();
    }

    /** What its buffers take. */
    public long usedBytes() {
        return shared.output.usedBytes();
    }

    public long metric(NetMetric metric) {
        return metrics.get(metric);
    }
}
