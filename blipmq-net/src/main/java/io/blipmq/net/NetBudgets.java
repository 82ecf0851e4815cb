package io.blipmq.net;

import io.blipmq.protocol.FrameLayout;

/**
 * How much memory the connections may take together, whatever peers send and however slowly they read. Immutable.
 *
 * @param assemblyBytes input that waits for the rest of its frame, or for the journal; beyond it every connection may
 *     still hold 1 KiB, and one frame may be taken in
 * @param outputBytes output that waits for its peer to read; connections that had nothing queued may exceed it by half
 *     together, and one message may do so beside
 */
public record NetBudgets(long assemblyBytes, long outputBytes) {
    /** One frame of the largest size must fit beside what a turn reads. */
    private static final long ASSEMBLY_BYTES_MIN = FrameLayout.FRAME_BYTES_MAX + (8L << 20);

    /** One message of the largest size. */
    private static final long OUTPUT_BYTES_MIN = FrameLayout.FRAME_BYTES_MAX;

    public NetBudgets {
        requireAtLeast("frame assembly", assemblyBytes, ASSEMBLY_BYTES_MIN);
        requireAtLeast("output", outputBytes, OUTPUT_BYTES_MIN);
    }

    /** Takes a quarter for either purpose, and never less than what one frame of the largest size needs. */
    public static NetBudgets ofDirectMemory(long directMemoryBytes) {
        return new NetBudgets(
                Math.max(ASSEMBLY_BYTES_MIN, directMemoryBytes / 4), Math.max(OUTPUT_BYTES_MIN, directMemoryBytes / 4));
    }

    private static void requireAtLeast(String what, long bytes, long bytesMin) {
        if (bytes < bytesMin) {
            throw new IllegalArgumentException(
                    "the budget for " + what + " is " + bytes + " bytes; it needs at least " + bytesMin);
        }
    }
}
