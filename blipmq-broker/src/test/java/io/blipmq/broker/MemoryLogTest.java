package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.memory.MemoryCursor;
import io.blipmq.broker.memory.MemoryLog;
import io.blipmq.broker.memory.MessageMemory;
import io.blipmq.broker.message.MessageView;
import io.blipmq.broker.message.PublishBatch;
import io.blipmq.protocol.entry.EntryLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryLogTest {

    @Test
    void aSubscriberThatFallsBehindLosesTheOldestAndTheLossIsCounted() {
        TestBroker broker = new TestBroker(Options.memoryMessagesMax(100));
        Client client = broker.connect("k");
        long slow = broker.subscribe(client, 0, "demo");
        long fast = broker.subscribe(client, 0, "demo");
        List<String> fastGot = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            broker.publish(client, 0, "demo", "m" + i);
            fastGot.add(broker.poll(client, fast).payload());
        }
        assertThat(fastGot).hasSize(1_000);
        assertThat(broker.pollAll(client, slow))
                .isEqualTo(IntStream.range(900, 1_000).mapToObj(i -> "m" + i).toList());
        assertThat(broker.count(BrokerMetric.DROPPED_QUEUE_FULL)).isEqualTo(900);
    }

    @Test
    void allWaitingMessagesTogetherStayWithinTheirBudget() {
        long budget = 8L * BrokerLimits.defaults().chunkBytes();
        TestBroker broker = new TestBroker(Options.memoryBytesMax(budget));
        Client client = broker.connect("k");
        List<Long> subscriptions = IntStream.range(0, 4)
                .mapToObj(i -> broker.subscribe(client, 0, "t" + i))
                .toList();
        String payload = "x".repeat(1_000);
        for (int i = 0; i < 400; i++) {
            broker.publish(client, 0, "t" + i % 4, payload);
        }
        long kept = subscriptions.stream()
                .mapToLong(id -> broker.pollAll(client, id).size())
                .sum();
        assertThat(kept * 1_000).isLessThanOrEqualTo(budget).isGreaterThan(budget / 2);
        assertThat(broker.count(BrokerMetric.DROPPED_QUEUE_FULL)).isEqualTo(400 - kept);
    }

    @Test
    void qos1MessagesThatQos0ReadersSeeDoNotCountAsQos0ForADurableSubscription() {
        TestBroker broker = new TestBroker(Options.memoryMessagesMax(100));
        Client client = broker.connect("k");
        Client reader = broker.connect("k");
        long durable = broker.subscribe(client, 1, "demo");
        long inMemory = broker.subscribe(reader, 0, "demo");
        IntStream.range(0, 10).forEach(i -> broker.publish(client, 0, "demo", "live" + i));
        for (int i = 0; i < 300; i++) {
            broker.publish(client, 1, "demo", "stored" + i);
            broker.turn();
            broker.pollAll(reader, inMemory);
        }
        assertThat(broker.broker().subscriptions(10))
                .filteredOn(info -> info.id() == durable)
                .singleElement()
                .extracting(SubscriptionInfo::backlog)
                .isEqualTo(310L);
        assertThat(broker.pollAll(client, durable)).hasSize(310).startsWith("live0", "live1", "live2");
        assertThat(broker.count(BrokerMetric.DROPPED_QUEUE_FULL)).isZero();
        broker.publish(client, 1, "demo", "one more");
        broker.turn();
        broker.broker().disconnect(client);
        assertThat(broker.count(BrokerMetric.DROPPED_CONNECTION_ENDED)).isZero();
    }

    @Test
    void aMessageLargerThanAChunkPasses() {
        TestBroker broker = new TestBroker();
        Client client = broker.connect("k");
        long subscription = broker.subscribe(client, 0, "demo");
        String large = "x".repeat(1_000_000);
        broker.publish(client, 0, "demo", "small");
        broker.publish(client, 0, "demo", large);
        broker.publish(client, 0, "demo", "small");
        assertThat(broker.pollAll(client, subscription)).containsExactly("small", large, "small");
    }

    @Test
    void aSubscriptionThatEndsInTheMiddleDisturbsNobody() {
        TestBroker broker = new TestBroker();
        Client stays = broker.connect("k");
        Client goes = broker.connect("k");
        long staying = broker.subscribe(stays, 0, "demo");
        long going = broker.subscribe(goes, 0, "demo");
        IntStream.range(0, 5_000).forEach(i -> broker.publish(stays, 0, "demo", "m" + i));
        IntStream.range(0, 10).forEach(i -> broker.poll(goes, going));
        broker.broker().disconnect(goes);
        assertThat(broker.count(BrokerMetric.DROPPED_CONNECTION_ENDED)).isEqualTo(4_990);
        assertThat(broker.pollAll(stays, staying)).hasSize(5_000);
    }

    /** Readers come, read and go at random; each must see exactly a run of what was published since it came. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void readersSeeEveryMessageInOrder(long seed) {
        Random random = new Random(seed);
        long[] lost = new long[1];
        MessageMemory memory =
                new MessageMemory(1L << 30, BrokerLimits.defaults().chunkSizes());
        MemoryLog log = new MemoryLog(memory, 1 << 20, false, messages -> lost[0] += messages);
        List<MemoryCursor> cursors = new ArrayList<>();
        List<Integer> expected = new ArrayList<>();
        int published = 0;
        for (int step = 0; step < 20_000; step++) {
            int action = random.nextInt(100);
            long publishedMillis = step / 5;
            if (action < 40) {
                ByteBuffer payload = ByteBuffer.allocate(4 + random.nextInt(300));
                payload.putInt(0, published++);
                MessageView message = new MessageView().in(payload).payload(0, payload.capacity());
                log.append(message.published(publishedMillis), step / 7);
            } else if (action < 50) {
                int count = 1 + random.nextInt(random.nextInt(20) == 0 ? 5_000 : 30);
                ByteBuffer entries = entries(random, count, published);
                PublishBatch batch = new PublishBatch().in(entries).entries(3, entries.limit(), count);
                log.appendEntries(batch, publishedMillis, step / 7);
                published += count;
            } else if (action < 97 && !cursors.isEmpty()) {
                int reader = random.nextInt(cursors.size());
                if (random.nextInt(3) == 0 && cursors.get(reader).hasNext()) {
                    int next = expected.get(reader);
                    expected.set(reader, next + pushInts(cursors.get(reader), 1 + random.nextInt(1_000), next));
                }
                int want = random.nextInt(4);
                for (int i = 0; i < want && cursors.get(reader).hasNext(); i++) {
                    assertThat(readInt(cursors.get(reader))).isEqualTo(expected.get(reader));
                    expected.set(reader, expected.get(reader) + 1);
                }
            } else if (action < 99 && cursors.size() < 5) {
                cursors.add(log.open());
                expected.add(published);
            } else if (!cursors.isEmpty()) {
                int reader = random.nextInt(cursors.size());
                assertThat(cursors.get(reader).backlog()).isEqualTo(published - expected.get(reader));
                cursors.remove(reader).close();
                expected.remove(reader);
            }
        }
        for (MemoryCursor cursor : cursors) {
            while (cursor.hasNext()) {
                readInt(cursor);
            }
        }
        assertThat(memory.bytes()).isZero();
        assertThat(lost[0]).isZero();
    }

    /** Entries from offset 3 on, some with properties; each body begins with its number. */
    private static ByteBuffer entries(Random random, int count, int first) {
        ByteBuffer entries = ByteBuffer.allocate(3 + count * 40);
        entries.position(3);
        for (int i = 0; i < count; i++) {
            byte[] properties = new byte[random.nextInt(4) == 0 ? 1 + random.nextInt(10) : 0];
            byte[] rest = new byte[random.nextInt(20)];
            EntryLayout.putHeader(entries, Integer.BYTES + rest.length, properties, properties.length);
            entries.putInt(first + i).put(rest);
        }
        return entries.flip();
    }

    private static int pushInts(MemoryCursor cursor, int countMax, int first) {
        CollectingSink sink = new CollectingSink();
        int count = cursor.push(sink.attachment(), countMax);
        assertThat(count).isBetween(1, countMax);
        assertThat(sink.pushed()).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(ByteBuffer.wrap(sink.pushed().get(i).body()).getInt()).isEqualTo(first + i);
        }
        return count;
    }

    private static int readInt(MemoryCursor cursor) {
        ByteBuffer target = ByteBuffer.allocate(cursor.nextPayloadBytes());
        cursor.takeNext(target);
        return target.getInt(0);
    }
}
