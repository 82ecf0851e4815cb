package io.blipmq.broker.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.message.MessageView;
import io.blipmq.protocol.entry.EntryLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageMemoryTest {
    private static final int MIB = 1 << 20;
    private static final ChunkSizes SIZES = new ChunkSizes(1_024, 16 * 1_024, 128 * 1_024, 4_096, 64);

    private final MessageMemory memory = new MessageMemory(64L * MIB, SIZES);
    private final MemoryLog log = new MemoryLog(memory, 1_000, false, lost -> {});

    @Test
    void aLargeMessageGetsTheChunkOfTheOneBefore() {
        MemoryChunk first = take(MIB);
        memory.giveBack(first);
        assertThat(take(MIB - 100_000)).isSameAs(first);
        assertThat(memory.bytes()).as("the chunk counts whole").isEqualTo(MIB);
        memory.giveBack(first);
        assertThat(memory.bytes()).isZero();
    }

    @Test
    void aMuchSmallerOneDoesNot() {
        MemoryChunk first = take(MIB);
        memory.giveBack(first);
        assertThat(take(MIB / 2).bytes).hasSize(MIB / 2);
        assertThat(take(MIB)).isSameAs(first);
    }

    @Test
    void whatIsUsedAgainHoldsItsNewMessagesOnly() {
        MemoryCursor cursor = log.open();
        for (int i = 0; i < 3; i++) {
            ByteBuffer message = ByteBuffer.allocate(MIB - i * 1_000).putInt(0, i);
            log.append(
                    new MessageView().in(message).payload(0, message.capacity()).published(i), 0);
            FirstBody taken = new FirstBody();
            assertThat(cursor.push(taken, 10)).isEqualTo(1);
            assertThat(taken.body).isEqualTo(message.array());
            assertThat(memory.bytes()).isZero();
        }
    }

    @Test
    void spareChunksTakeASmallPartOfTheBudget() {
        MemoryChunk[] used = new MemoryChunk[16];
        for (int i = 0; i < used.length; i++) {
            used[i] = take(MIB);
        }
        for (MemoryChunk chunk : used) {
            memory.giveBack(chunk);
        }
        assertThat(countKept(used)).isEqualTo(8);
    }

    @Test
    void spareChunksGiveWayToALargeMessage() {
        MemoryChunk spare = take(6 * MIB);
        memory.giveBack(spare);
        take(60 * MIB);
        assertThat(take(4 * MIB)).isNotSameAs(spare);
        assertThat(memory.bytes()).isEqualTo(64L * MIB);
    }

    @Test
    void spareChunksGiveWayToManySmallMessages() {
        MemoryChunk spare = take(5 * MIB);
        memory.giveBack(spare);
        for (int i = 0; i < 60 * MIB / SIZES.largeBytes(); i++) {
            take(SIZES.largeBytes());
        }
        assertThat(take(4 * MIB)).isNotSameAs(spare);
        assertThat(memory.bytes()).isEqualTo(64L * MIB);
    }

    @Test
    void chunksThatAreLetGoLeaveTheirNumbers() {
        for (int round = 0; round < 20; round++) {
            List<MemoryChunk> used = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                used.add(take(SIZES.largeBytes()));
            }
            assertThat(used).allMatch(chunk -> chunk.id < 200);
            used.forEach(memory::giveBack);
        }
    }

    private MemoryChunk take(int bytes) {
        return memory.take(log, bytes, bytes, true, 0);
    }

    /** How many of these chunks are handed out again. */
    private int countKept(MemoryChunk[] chunks) {
        int kept = 0;
        for (int i = 0; i < chunks.length; i++) {
            MemoryChunk taken = take(MIB);
            for (MemoryChunk chunk : chunks) {
                kept += taken == chunk ? 1 : 0;
            }
        }
        return kept;
    }

    /** Keeps the body of the first entry that it takes. */
    private static final class FirstBody implements EntrySink {
        private byte[] body;

        @Override
        public long creditBytes() {
            return Long.MAX_VALUE;
        }

        @Override
        public void ofTopic(ByteBuffer names, int offset, int length) {
            throw new UnsupportedOperationException("of one topic");
        }

        @Override
        public void takeEntries(long publishedMillis, ByteBuffer entries, int offset, int length, int count) {
            body = new byte[EntryLayout.bodyLength(entries, offset)];
            entries.get(EntryLayout.bodyOffset(entries, offset), body);
        }
    }
}
