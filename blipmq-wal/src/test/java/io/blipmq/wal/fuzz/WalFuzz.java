package io.blipmq.wal.fuzz;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A fuzzer's way into whatever is read from the log's directory; the first byte chooses between {@link LogFuzz}, {@link
 * CheckpointFuzz} and {@link IndexFuzz}. Owned by the fuzzer's thread.
 */
public final class WalFuzz {
    private static final int DECODER_MASK = 0x30;
    private static final int CHECKPOINT = 0x10;
    private static final int INDEX = 0x20;

    private WalFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        if (data.length < 2) {
            return;
        }
        ByteBuffer input = ByteBuffer.wrap(data);
        switch (data[0] & DECODER_MASK) {
            case CHECKPOINT -> CheckpointFuzz.run(input);
            case INDEX -> IndexFuzz.run(input);
            default -> LogFuzz.run(input);
        }
    }
}
