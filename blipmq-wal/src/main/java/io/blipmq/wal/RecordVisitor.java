package io.blipmq.wal;

import java.nio.ByteBuffer;

/** Takes the records of a log that is looked at, in the order of the log. */
@FunctionalInterface
public interface RecordVisitor {
    /** Sees nothing. */
    RecordVisitor NONE = (file, sequence, type, buffer, offset, length) -> {};

    /** @param offset of the body in {@code buffer}, valid during the call only */
    void onRecord(String file, long sequence, int type, ByteBuffer buffer, int offset, int length);

    /** Whether another segment is worth reading; when not, the rest is not looked at. */
    default boolean wantsMore() {
        return true;
    }
}
