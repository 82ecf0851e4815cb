package io.blipmq.daemon;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import io.blipmq.net.NetBudgets;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.wal.WalMemory;
import io.blipmq.wal.WalOptions;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/**
 * Shares the memory that the JVM was given out among the parts, so that no backlog, no number of connections, no message
 * and no peer makes the process grow beyond it. Immutable.
 *
 * <p>Of the direct memory the log and the connections say themselves what they take at most ({@link WalMemory}, {@link
 * NetBudgets}); the largest frame is the largest power of two with which both have a place. {@link #directBytesUsed} and {@link #heapBytesUsed} add up.
 *
 * @param heapBytes the largest heap
 * @param directBytes the most that direct buffers may take
 * @param connectionsMax as configured, or fewer where memory is short
 * @param frameLengthMax the largest frame that clients may send
 */
record MemoryBudgets(long heapBytes, long directBytes, int connectionsMax, int frameLengthMax) {
    private static final int MIB = 1 << 20;
    /** What the JVM takes beside the heap and direct buffers when it is small; the launcher knows the same number. */
    static final long JVM_BYTES = 36L * MIB;

    /** What the heap holds before the first client connects, the log's index blocks among it; the rest is shared out. */
    private static final long HEAP_BASE_BYTES = 7L * MIB;

    private static final long HEAP_BYTES_MIN = 14L * MIB;

    /** Waiting QoS 0 messages may take this share of the heap that is shared out. */
    private static final int LIVE_SHARE = 4;
    /** Subscriptions and unsettled deliveries, with what a checkpoint of them takes, may take this share. */
    private static final int STATE_SHARE = 4;
    /** Publish ids, with what a checkpoint of them takes, may take this share. */
    private static final int PUBLISH_IDS_SHARE = 32;
    /** Positions of waiting QoS 1 messages may take this share, at 16 bytes each. */
    private static final int POSITIONS_SHARE = 8;

    private static final int POSITION_BYTES = 16;

    /** Connections may take this share, and half of it of the direct memory for the beginnings of frames. */
    private static final int CONNECTIONS_SHARE = 8;

    /** Rather fewer connections than none at all; but with fewer than these there is nothing to serve. */
    private static final int CONNECTIONS_MIN = 64;

    private static final int CONNECTION_HEAP_BYTES = 3072;
    private static final int CONNECTION_DIRECT_BYTES = 1024;

    private static final int FRAME_LENGTH_MIN = 1 << 18;
    /** What a record has beyond the frame that it came in, as a dead letter too. */
    private static final int RECORD_EXCESS_BYTES = 64 * 1024;

    /** Buffers of the HTTP server and the JDK's own. */
    private static final long OTHER_BYTES = MIB / 2;

    /** From this much direct memory on the log's chunks have their usual size. */
    private static final long USUAL_CHUNKS_BYTES = 96L * MIB;

    private static final int SMALL_CHUNK_BYTES = MIB / 4;
    private static final int LOG_BYTES_MIN = MIB;
    /** The log may hold this share of what is beyond the least unstored, and as much again for reading back. */
    private static final int LOG_SHARE = 6;

    /** Of the container that this process is in, or of the machine. */
    static long memoryBytes() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    /** Of this process. */
    static MemoryBudgets ofProcess(int connectionsWanted) throws StartException {
        long heapBytes = Runtime.getRuntime().maxMemory();
        long directBytes = Long.parseLong(ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("MaxDirectMemorySize")
                .getValue());
        // 0 is the JVM's default: as much as the heap.
        return of(heapBytes, directBytes == 0 ? heapBytes : directBytes, connectionsWanted);
    }

    /** @throws StartException when there is too little to be safe with */
    static MemoryBudgets of(long heapBytes, long directBytes, int connectionsWanted) throws StartException {
        long connections = Math.min(
                (heapBytes - HEAP_BASE_BYTES) / CONNECTIONS_SHARE / CONNECTION_HEAP_BYTES,
                directBytes / (2 * CONNECTIONS_SHARE) / CONNECTION_DIRECT_BYTES);
        int connectionsMax = (int) Math.min(connectionsWanted, connections);
        do {
            for (int length = FrameLayout.LENGTH_MAX; length >= FRAME_LENGTH_MIN; length /= 2) {
                MemoryBudgets budgets = new MemoryBudgets(heapBytes, directBytes, connectionsMax, length);
                if (budgets.isEnough()) {
                    return budgets;
                }
            }
            connectionsMax /= 2;
        } while (connectionsMax >= CONNECTIONS_MIN);
        throw new StartException(tooLittle(heapBytes, directBytes), null);
    }

    private static String tooLittle(long heapBytes, long directBytes) {
        return "a heap of " + heapBytes / MIB + " MiB and " + directBytes / MIB
                + " MiB of direct memory are too small;"
                + " give at least -Xmx16m and -XX:MaxDirectMemorySize=13m (BLIPMQ_JAVA_OPTS), or a container"
                + " of 64 MiB or more";
    }

    private boolean isEnough() {
        return heapBytes >= HEAP_BYTES_MIN && frameLengthMax <= liveBytes() && spareBytes() >= 0;
    }

    /** Direct memory beyond the least that is needed for frames of this size. */
    private long spareBytes() {
        return directBytes
                - logBytes(log(WalOptions.defaults(), LOG_BYTES_MIN))
                - NetBudgets.directBytesMin(connectionsMax, FrameLayout.frameBytes(frameLengthMax))
                - OTHER_BYTES;
    }

    private long sharedHeapBytes() {
        return Math.max(0, heapBytes - HEAP_BASE_BYTES);
    }

    /** What waiting QoS 0 messages may take of the heap; one of the largest size fits. */
    long liveBytes() {
        return sharedHeapBytes() / LIVE_SHARE;
    }

    /** What subscriptions and unsettled deliveries may take of the heap. */
    long stateBytes() {
        return sharedHeapBytes() / STATE_SHARE;
    }

    /** What publish ids may take of the heap. */
    long publishIdBytes() {
        return sharedHeapBytes() / PUBLISH_IDS_SHARE;
    }

    long positions() {
        return sharedHeapBytes() / POSITIONS_SHARE / POSITION_BYTES;
    }

    /** What all parts keep in the heap at most; the collector needs room beside it. */
    long heapBytesUsed() {
        return HEAP_BASE_BYTES
                + liveBytes()
                + stateBytes()
                + publishIdBytes()
                + positions() * POSITION_BYTES
                + (long) connectionsMax * CONNECTION_HEAP_BYTES;
    }

    /** The log's options with its memory; never more than what a large machine needs, which is the default. */
    WalOptions log(WalOptions options) {
        long bytes = LOG_BYTES_MIN + spareBytes() / LOG_SHARE;
        return log(options, (int) Math.min(bytes, options.unstoredBytesMax()));
    }

    private WalOptions log(WalOptions options, int bytes) {
        int chunkBytes = directBytes < USUAL_CHUNKS_BYTES ? SMALL_CHUNK_BYTES : options.chunkBytes();
        // The place of the largest record, which is stored alone, holds so many bytes of others in half-filled chunks.
        int unstoredBytes = Math.max(bytes, (frameLengthMax - chunkBytes) / 2);
        return options.withMemory(chunkBytes, unstoredBytes, bytes);
    }

    /** The connections get what the log leaves. */
    NetBudgets connections(WalOptions log) {
        long left = directBytes - logBytes(log) - OTHER_BYTES;
        return NetBudgets.ofDirectMemory(left, connectionsMax, FrameLayout.frameBytes(frameLengthMax));
    }

    private long logBytes(WalOptions log) {
        return WalMemory.directBytesMax(log, frameLengthMax + RECORD_EXCESS_BYTES);
    }

    /** What all parts take of the direct memory at most. */
    long directBytesUsed(WalOptions log, NetBudgets connections) {
        return logBytes(log) + connections.directBytesMax(connectionsMax) + OTHER_BYTES;
    }

    /**
     * What is not safe about these numbers.
     *
     * @param memoryBytes of the machine or the container
     */
    Optional<String> warning(long memoryBytes) {
        if (heapBytes + directBytes + JVM_BYTES <= memoryBytes) {
            return Optional.empty();
        }
        return Optional.of("the heap (" + heapBytes / MIB + " MiB), direct buffers (" + directBytes / MIB
                + " MiB) and the JVM itself (" + JVM_BYTES / MIB + " MiB or more) may exceed the "
                + memoryBytes / MIB
                + " MiB of memory that there are, and the kernel would kill this process: lower -Xmx or"
                + " -XX:MaxDirectMemorySize, or give it more memory");
    }

    /** What there is, and what clients may do with it. */
    String describe(int connectionsWanted) {
        String fewer = connectionsMax < connectionsWanted ? ", not max_connections " + connectionsWanted : "";
        return "memory: heap %d MiB, direct buffers %d MiB; enough for frames of %s and for %d connections%s"
                .formatted(heapBytes / MIB, directBytes / MIB, size(frameLengthMax), connectionsMax, fewer);
    }

    private static String size(int bytes) {
        return bytes >= MIB ? bytes / MIB + " MiB" : bytes / 1024 + " KiB";
    }
}
