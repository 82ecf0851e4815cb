package io.blipmq.wal;

import java.nio.ByteBuffer;

/** Takes the records of the log in order, at replay and as they become stored. */
@FunctionalInterface
public interface RecordHandler {

    /**
     * @param buffer holds the record's body at absolute offsets; valid during the call only; its position and
     *     limit are not to be changed
     * @param position names where the body starts, for {@link WalAppender#read}; positions grow with sequence numbers
     */
    void onRecord(long sequence, int type, ByteBuffer buffer, int offset, int length, long position);
}
