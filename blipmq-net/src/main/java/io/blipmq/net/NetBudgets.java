package io.blipmq.net;

/**
 * How much direct memory the connections may take together, whatever peers send and however slowly they read. Immutable.
 *
 * @param assemblyBytes input that waits for the rest of its packet, or for the log; beyond it every connection may
 *     still hold 1 KiB, and one packet may be taken in
 * @param outputBytes output that waits for its peer to read; connections that had nothing queued may exceed it by half
 *     together, and one message may do so beside
 * @param packetBytesMax the largest packet that a peer may send once it has shown who it is
 */
public record NetBudgets(long assemblyBytes, long outputBytes, int packetBytesMax) {
    /** Strangers' part and a turn's reading, and something to share beside that. */
    private static final long ASSEMBLY_BYTES_MIN = 1 << 20;

    /** A few connections that are pushed to at once. */
    private static final long OUTPUT_BYTES_MIN = 1 << 19;

    /** Larger than what every connection may send in a packet that is assembled in the shared buffer. */
    private static final int PACKET_BYTES_MIN = 1 << 18;

    /** What {@link #directBytesMax} adds up beside the budgets. */
    private static final NetLimits LIMITS = NetLimits.defaults();

    public NetBudgets {
        requireAtLeast("the budget for unfinished packets", assemblyBytes, ASSEMBLY_BYTES_MIN);
        requireAtLeast("the budget for output", outputBytes, OUTPUT_BYTES_MIN);
        requireAtLeast("the largest packet", packetBytesMax, PACKET_BYTES_MIN);
        if (packetBytesMax > BufferPool.PACKET_BYTES_MAX) {
            throw new IllegalArgumentException("the largest packet is " + packetBytesMax + " bytes; no buffer has more"
                    + " than " + BufferPool.PACKET_BYTES_MAX);
        }
    }

    /** With packets of the largest size that there are buffers for. */
    public NetBudgets(long assemblyBytes, long outputBytes) {
        this(assemblyBytes, outputBytes, BufferPool.PACKET_BYTES_MAX);
    }

    /** The least direct memory with which so many connections and packets of that size can be served. */
    public static long directBytesMin(int connectionsMax, int packetBytesMax) {
        return least(0, packetBytesMax).directBytesMax(connectionsMax);
    }

    /** Shares out what is beyond the least: as much for input as for output. */
    public static NetBudgets ofDirectMemory(long directBytes, int connectionsMax, int packetBytesMax) {
        long left = directBytes - directBytesMin(connectionsMax, packetBytesMax);
        return least(left * 2 / 5, packetBytesMax);
    }

    /** While a slow peer sends or takes one packet of the largest size, the others still have room. */
    private static NetBudgets least(long more, int packetBytesMax) {
        long outputBytes = (long) packetBytesMax * ByteBudget.BEYOND_SHARE / (ByteBudget.BEYOND_SHARE + 1);
        return new NetBudgets(
                ASSEMBLY_BYTES_MIN + packetBytesMax + more, OUTPUT_BYTES_MIN + outputBytes + more, packetBytesMax);
    }

    /** The most that so many connections take, packet by packet and budget by budget. */
    public long directBytesMax(int connectionsMax) {
        long unbudgeted = (long) connectionsMax * LIMITS.unbudgetedBytes();
        long largePackets = 2L * BufferPool.capacityFor(packetBytesMax);
        return LIMITS.readBufferBytes() + LoopResources.DISCARD_BYTES + unbudgeted + largePackets + sharedBytesMax();
    }

    /** What the buffers of the pool may take but for one packet that comes in and one that goes out beyond the budgets. */
    long sharedBytesMax() {
        return assemblyBytes + outputBytes + outputBytes / ByteBudget.BEYOND_SHARE;
    }

    private static void requireAtLeast(String what, long bytes, long bytesMin) {
        if (bytes < bytesMin) {
            throw new IllegalArgumentException(what + " is " + bytes + " bytes; it needs at least " + bytesMin);
        }
    }
}
