package io.blipmq.broker;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A run of QoS 0 messages in memory. Owned by the core thread.
 *
 * <p>Entries stand one behind the other: u32 payload length, u64 number of the topic's newest QoS 1 message
 * at arrival,
 * payload.
 */
final class LiveChunk {
    static final int ENTRY_HEADER_BYTES = 12;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    final byte[] bytes;
    LiveLog owner;
    /** Number of the first message in here, and how many there are. */
    long firstNumber;

    int count;
    int used;
    /** Cursors that stand in this chunk; it is given back when the last one leaves. */
    int cursors;
    /** The next chunk of the same topic. */
    LiveChunk next;
    /** Neighbours by age among all topics' chunks. */
    LiveChunk older;

    LiveChunk newer;

    LiveChunk(int size) {
        this.bytes = new byte[size];
    }

    void begin(LiveLog newOwner, long newFirstNumber) {
        owner = newOwner;
        firstNumber = newFirstNumber;
        count = 0;
        used = 0;
        cursors = 0;
    }

    void end() {
        owner = null;
        next = null;
        older = null;
        newer = null;
    }

    boolean hasRoom(int payloadLength) {
        return bytes.length - used >= ENTRY_HEADER_BYTES + payloadLength;
    }

    void append(ByteBuffer source, int offset, int length, long arrivedAfter) {
        INT.set(bytes, used, length);
        LONG.set(bytes, used + 4, arrivedAfter);
        source.get(offset, bytes, used + ENTRY_HEADER_BYTES, length);
        used += ENTRY_HEADER_BYTES + length;
        count++;
    }

    int payloadLength(int offset) {
        return (int) INT.get(bytes, offset);
    }

    long arrivedAfter(int offset) {
        return (long) LONG.get(bytes, offset + 4);
    }

    int nextOffset(int offset) {
        return offset + ENTRY_HEADER_BYTES + payloadLength(offset);
    }
}
