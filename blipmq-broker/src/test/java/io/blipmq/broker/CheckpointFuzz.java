package io.blipmq.broker;

import io.blipmq.wal.NewerContentException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * A fuzzer's way into the decoder of the broker's state in a checkpoint. Owned by the fuzzer's thread.
 *
 * <p>The log has checked the bytes, so only a defect could write a state that is none: decoding then ends in a refusal.
 * What is decoded is the same again when it is encoded and decoded once more.
 */
public final class CheckpointFuzz {
    private CheckpointFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        CheckpointState state;
        try {
            state = CheckpointCodec.decode(ByteBuffer.wrap(data));
        } catch (BufferUnderflowException | IllegalStateException | NewerContentException refused) {
            return;
        }
        ByteBuffer once = CheckpointCodec.encode(state);
        ByteBuffer twice = CheckpointCodec.encode(CheckpointCodec.decode(once.duplicate()));
        if (!twice.equals(once)) {
            throw new AssertionError("encoded and decoded again: not the same");
        }
        new CheckpointLiveness(state).firstLive();
    }
}
