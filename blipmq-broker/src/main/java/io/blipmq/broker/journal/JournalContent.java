package io.blipmq.broker.journal;

import io.blipmq.wal.LogContent;
import java.nio.ByteBuffer;

/** What this release can read of the journal. Stateless. */
public final class JournalContent implements LogContent {

    @Override
    public void requireKnown(int type, ByteBuffer buffer, int offset, int length) {
        CommandDecoder.requireKnown(type);
        if (type == CommandCodec.SETTLE) {
            CommandDecoder.settleReason(buffer, offset);
        } else if (type == CommandCodec.REMOVE) {
            CommandDecoder.removeReason(buffer, offset);
        } else if (type == CommandCodec.UNSCHEDULE) {
            CommandDecoder.unscheduleReason(buffer, offset);
        }
    }

    @Override
    public void requireKnown(ByteBuffer state) {
        CheckpointDecoder.requireKnown(state.duplicate());
    }
}
