package io.blipmq.daemon;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.blipmq.net.NetBudgets;
import io.blipmq.wal.WalOptions;
import java.lang.management.ManagementFactory;

/**
 * Shares the memory that the JVM was given out among the parts, so that no backlog, no number of connections and no peer
 * makes the process grow beyond it. Immutable.
 *
 * @param heapBytes the largest heap
 * @param directBytes the most that direct buffers may take
 */
record MemoryBudgets(long heapBytes, long directBytes) {
    /** Waiting QoS 0 messages may take this share of the heap. */
    private static final int LIVE_SHARE = 4;
    /** Positions of waiting QoS 1 messages may take this share of the heap, at 16 bytes each. */
    private static final int POSITIONS_SHARE = 8;

    /** Subscriptions and unsettled deliveries, with what a checkpoint of them takes, may take this share of the heap. */
    private static final int STATE_SHARE = 4;

    private static final int POSITION_BYTES = 16;
    /** The log may hold this share of the direct memory unstored, and as much again for reading back. */
    private static final int LOG_SHARE = 8;

    private static final int LOG_BYTES_MIN = 4 << 20;

    /** Of this process. */
    static MemoryBudgets ofProcess() {
        long heapBytes = Runtime.getRuntime().maxMemory();
        long directBytes = Long.parseLong(ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("MaxDirectMemorySize")
                .getValue());
        // 0 is the JVM's default: as much as the heap.
        return new MemoryBudgets(heapBytes, directBytes == 0 ? heapBytes : directBytes);
    }

    long liveBytes() {
        return heapBytes / LIVE_SHARE;
    }

    long stateBytes() {
        return heapBytes / STATE_SHARE;
    }

    long positions() {
        return heapBytes / POSITIONS_SHARE / POSITION_BYTES;
    }

    /** The log's options with its memory; never more than what a large machine needs, which is the default. */
    WalOptions log(WalOptions options) {
        int share = (int) Math.max(LOG_BYTES_MIN, Math.min(directBytes / LOG_SHARE, Integer.MAX_VALUE));
        return options.withMemory(
                options.chunkBytes(),
                Math.min(share, options.unstoredBytesMax()),
                Math.min(share, options.tailBytesMax()));
    }

    /** The connections get what the log leaves, which for one record may exceed its budgets. */
    NetBudgets connections(WalOptions log) {
        long logBytes = (long) log.unstoredBytesMax() + log.tailBytesMax() + log.recordBytesMax();
        return NetBudgets.ofDirectMemory(Math.max(0, directBytes - logBytes));
    }
}
