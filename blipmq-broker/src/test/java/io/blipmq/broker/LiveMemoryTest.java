package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveMemoryTest {
    private static final int MIB = 1 << 20;

    private final LiveMemory memory = new LiveMemory(64L * MIB, BrokerLimits.defaults());
    private final LiveLog log = new LiveLog(memory, 1_000, new BrokerCounters());

    @Test
    void aLargeMessageGetsTheChunkOfTheOneBefore() {
        LiveChunk first = take(MIB);
        memory.giveBack(first);
        assertThat(take(MIB - 100_000)).isSameAs(first);
        assertThat(memory.bytes()).as("the chunk counts whole").isEqualTo(MIB);
        memory.giveBack(first);
        assertThat(memory.bytes()).isZero();
    }

    @Test
    void aMuchSmallerOneDoesNot() {
        LiveChunk first = take(MIB);
        memory.giveBack(first);
        assertThat(take(MIB / 2).bytes).hasSize(MIB / 2);
        assertThat(take(MIB)).isSameAs(first);
    }

    @Test
    void whatIsUsedAgainHoldsItsNewMessagesOnly() {
        LiveCursor cursor = log.open();
        for (int i = 0; i < 3; i++) {
            ByteBuffer message = ByteBuffer.allocate(MIB - i * 1_000).putInt(0, i);
            log.append(
                    new MessageView().in(message).payload(0, message.capacity()).published(i), 0);
            CollectingPusher pusher = new CollectingPusher();
            assertThat(cursor.push(pusher.attachment(), 10)).isEqualTo(1);
            assertThat(pusher.pushed().get(0).body()).isEqualTo(message.array());
            assertThat(memory.bytes()).isZero();
        }
    }

    @Test
    void spareChunksTakeASmallPartOfTheBudget() {
        LiveChunk[] used = new LiveChunk[16];
        for (int i = 0; i < used.length; i++) {
            used[i] = take(MIB);
        }
        for (LiveChunk chunk : used) {
            memory.giveBack(chunk);
        }
        assertThat(countKept(used)).isEqualTo(8);
    }

    @Test
    void spareChunksGiveWayToALargeMessage() {
        LiveChunk spare = take(6 * MIB);
        memory.giveBack(spare);
        take(60 * MIB);
        assertThat(take(4 * MIB)).isNotSameAs(spare);
        assertThat(memory.bytes()).isEqualTo(64L * MIB);
    }

    @Test
    void spareChunksGiveWayToManySmallMessages() {
        LiveChunk spare = take(5 * MIB);
        memory.giveBack(spare);
        for (int i = 0; i < 60 * MIB / BrokerLimits.defaults().largeChunkBytes(); i++) {
            take(BrokerLimits.defaults().largeChunkBytes());
        }
        assertThat(take(4 * MIB)).isNotSameAs(spare);
        assertThat(memory.bytes()).isEqualTo(64L * MIB);
    }

    @Test
    void chunksThatAreLetGoLeaveTheirNumbers() {
        for (int round = 0; round < 20; round++) {
            List<LiveChunk> used = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                used.add(take(BrokerLimits.defaults().largeChunkBytes()));
            }
            assertThat(used).allMatch(chunk -> chunk.id < 200);
            used.forEach(memory::giveBack);
        }
    }

    private LiveChunk take(int bytes) {
        return memory.take(log, bytes, bytes, true, 0);
    }

    /** How many of these chunks are handed out again. */
    private int countKept(LiveChunk[] chunks) {
        int kept = 0;
        for (int i = 0; i < chunks.length; i++) {
            LiveChunk taken = take(MIB);
            for (LiveChunk chunk : chunks) {
                kept += taken == chunk ? 1 : 0;
            }
        }
        return kept;
    }
}
