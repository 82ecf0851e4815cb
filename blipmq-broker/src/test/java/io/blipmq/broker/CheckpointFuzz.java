package io.blipmq.broker;

import io.blipmq.broker.journal.CheckpointLiveRecords;
import io.blipmq.wal.NewerContentException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * A fuzzer's way into the decoder of the broker's state in a checkpoint. Owned by the fuzzer's thread.
 *
 * <p>The log has checked the bytes, so only a defect could write a state that is none: decoding then ends in a refusal.
 */
public final class CheckpointFuzz {
    private CheckpointFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        try {
            CheckpointText.of(ByteBuffer.wrap(data));
        } catch (BufferUnderflowException | IllegalStateException | NewerContentException refused) {
            return;
        }
        new CheckpointLiveRecords(ByteBuffer.wrap(data)).firstLive();
    }
}
