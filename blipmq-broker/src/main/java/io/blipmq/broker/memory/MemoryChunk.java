package io.blipmq.broker.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A piece of a {@link MemoryLog} in memory. Owned by the core thread.
 *
 * <p>It holds runs, one behind the other. A run is what was published at one time: u64 milliseconds, u64 what its messages
 * arrived after, u32 count and u32 bytes of entries, and the entries as they stand on the wire ({@code EntryLayout}), so
 * that a batch goes in as one copy and out to each subscriber as one more. In a log of several topics the topic's name stands
 * between the two, behind its u16 length.
 */
public final class MemoryChunk {
    public static final int RUN_HEADER_BYTES = 24;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int ARRIVED_AFTER = 8;
    private static final int COUNT = 16;
    private static final int BYTES = 20;
    private static final int NAME = RUN_HEADER_BYTES + Short.BYTES;
    private static final int NO_RUN = -1;

    /** Instead of a chunk's number. */
    public static final int NONE = -1;

    /** Its place in {@link MessageMemory}. Others know it by this, which is why: see there. */
    public final int id;

    public final byte[] bytes;
    /** The same bytes, for those who take them to a socket. */
    public final ByteBuffer buffer;
    /** Number of the first message in here, and how many there are. */
    public long firstNumber;

    public int count;
    public int used;
    /** Where the newest run begins. */
    private int lastRun;
    /** Whether each run names its topic. */
    private boolean named;
    /** Cursors that stand in this chunk; it is given back when the last one leaves. */
    public int cursors;
    /** The next chunk of the same topic. */
    public int next;
    /** Neighbours by age among all topics' chunks. */
    public int older;

    public int newer;

    public MemoryChunk(int id, int size) {
        this.id = id;
        this.bytes = new byte[size];
        this.buffer = ByteBuffer.wrap(bytes);
    }

    /** @param withNames whether each run names its topic */
    public void begin(long newFirstNumber, boolean withNames) {
        named = withNames;
        next = NONE;
        older = NONE;
        newer = NONE;
        firstNumber = newFirstNumber;
        count = 0;
        used = 0;
        lastRun = NO_RUN;
        cursors = 0;
    }

    // --- runs ---

    /**
     * Bytes of entries that a run can take here: the newest one, or a new one.
     *
     * @param nameBytes of the topic's name with its length, in a log of several topics; else 0
     */
    public int room(long publishedMillis, long arrivedAfter, int nameBytes) {
        int free = bytes.length - used;
        return isLastRun(publishedMillis, arrivedAfter) ? free : free - RUN_HEADER_BYTES - nameBytes;
    }

    private boolean isLastRun(long publishedMillis, long arrivedAfter) {
        return lastRun != NO_RUN
                && publishedMillis(lastRun) == publishedMillis
                && arrivedAfter(lastRun) == arrivedAfter;
    }

    /**
     * Makes room for entries at the end of the newest run, or of a new one.
     *
     * @param nameBytes as for {@link #room}; the name belongs in {@link #name}
     * @return where they belong
     */
    public int extend(long publishedMillis, long arrivedAfter, int nameBytes, int entryCount, int length) {
        if (!isLastRun(publishedMillis, arrivedAfter)) {
            lastRun = used;
            LONG.set(bytes, lastRun, publishedMillis);
            LONG.set(bytes, lastRun + ARRIVED_AFTER, arrivedAfter);
            INT.set(bytes, lastRun + COUNT, 0);
            INT.set(bytes, lastRun + BYTES, 0);
            used += RUN_HEADER_BYTES + nameBytes;
        }
        INT.set(bytes, lastRun + COUNT, count(lastRun) + entryCount);
        INT.set(bytes, lastRun + BYTES, length(lastRun) + length);
        int offset = used;
        used += length;
        count += entryCount;
        return offset;
    }

    /** What comes next begins a new run, whenever it was published. */
    public void closeRun() {
        lastRun = NO_RUN;
    }

    /** Names the topic of the newest run. */
    public void name(ByteBuffer source, int offset, int length) {
        SHORT.set(bytes, lastRun + RUN_HEADER_BYTES, (short) length);
        source.get(offset, bytes, lastRun + NAME, length);
    }

    /** Whether the newest run, if there is one that may go on, is of this topic. */
    public boolean isLastRunOf(ByteBuffer name, int offset, int length) {
        if (lastRun == NO_RUN || nameLength(lastRun) != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (bytes[lastRun + NAME + i] != name.get(offset + i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether each run names its topic. */
    public boolean isNamed() {
        return named;
    }

    /** Where the name of a run's topic stands. */
    public int nameOffset(int run) {
        return run + NAME;
    }

    public int nameLength(int run) {
        return (short) SHORT.get(bytes, run + RUN_HEADER_BYTES) & 0xffff;
    }

    /** Where a run's entries begin. */
    public int entries(int run) {
        return named ? run + NAME + nameLength(run) : run + RUN_HEADER_BYTES;
    }

    public long publishedMillis(int run) {
        return (long) LONG.get(bytes, run);
    }

    public long arrivedAfter(int run) {
        return (long) LONG.get(bytes, run + ARRIVED_AFTER);
    }

    /** How many messages a run has. */
    public int count(int run) {
        return (int) INT.get(bytes, run + COUNT);
    }

    /** Bytes of a run's entries. */
    private int length(int run) {
        return (int) INT.get(bytes, run + BYTES);
    }

    /** Where a run ends. */
    public int end(int run) {
        return entries(run) + length(run);
    }

    // --- entries ---

    public void put(int offset, ByteBuffer source, int sourceOffset, int length) {
        source.get(sourceOffset, bytes, offset, length);
    }

    public void putInt(int offset, int value) {
        INT.set(bytes, offset, value);
    }

    public int getInt(int offset) {
        return (int) INT.get(bytes, offset);
    }
}
