package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.journal.MessageKeys;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.LiveRecordsOfKey;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CheckpointLiveRecordsTest {
    private final TestBroker broker = new TestBroker(Options.deliveriesMax(1));
    private final Client alice = broker.connect("alice");

    private LiveRecords liveness() {
        broker.journal().wantCheckpoint();
        broker.turn();
        return broker.journal().liveness();
    }

    /** Stores as many messages. @return their delivery tags */
    private long[] publishToDemo(int count) {
        return IntStream.range(0, count)
                .mapToLong(i -> broker.publishStored(alice, "demo", "m" + i))
                .toArray();
    }

    private static byte[] key(String topic) {
        return topic.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatWaitsOrIsInFlightIsLiveAndWhatIsSettledIsNot() {
        long subscription = broker.subscribe(alice, 1, "demo");
        long[] tags = publishToDemo(6);
        broker.acknowledge(alice, subscription, broker.poll(alice, subscription));
        broker.poll(alice, subscription);
        broker.acknowledge(alice, subscription, broker.poll(alice, subscription));

        LiveRecords liveness = liveness();
        LiveRecordsOfKey demo = liveness.of(key("demo"));
        assertThat(LongStream.of(tags).filter(demo::isLive).boxed())
                .containsExactly(tags[1], tags[3], tags[4], tags[5]);
        assertThat(demo.areAllLive(tags[0], tags[5])).isFalse();
        assertThat(demo.areAllLive(tags[2], tags[5])).isFalse();
        assertThat(demo.areAllLive(tags[3], tags[5])).isTrue();
        assertThat(liveness.firstLive()).isEqualTo(tags[1]);
        assertThat(liveness.of(key("nobody's"))).isNull();
    }

    @Test
    void aBacklogIsWhollyLiveButForWhatIsSettledAheadInIt() {
        long subscription = broker.subscribe(alice, 1, "demo");
        long[] tags = publishToDemo(4);
        broker.poll(alice, subscription);
        broker.acknowledge(alice, subscription, broker.poll(alice, subscription));
        broker.pass(100, TimeUnit.MILLISECONDS);
        broker.restart();

        LiveRecordsOfKey demo = liveness().of(key("demo"));
        assertThat(demo.areAllLive(tags[0], tags[0])).isTrue();
        assertThat(demo.areAllLive(tags[2], tags[3])).isTrue();
        assertThat(demo.areAllLive(tags[0], tags[1])).isFalse();
        assertThat(demo.areAllLive(tags[1], tags[2])).isFalse();
        assertThat(demo.areAllLive(tags[0], tags[3])).isFalse();
    }

    @Test
    void aMessageIsLiveUntilTheLastSubscriptionHasSettledIt() {
        long first = broker.subscribe(alice, 1, "demo");
        long second = broker.subscribe(alice, 1, "demo");
        long tag = broker.publishStored(alice, "demo", "m");
        broker.acknowledge(alice, first, broker.poll(alice, first));
        assertThat(liveness().of(key("demo")).isLive(tag)).isTrue();
        broker.acknowledge(alice, second, broker.poll(alice, second));
        assertThat(liveness().of(key("demo")).isLive(tag)).isFalse();
        assertThat(liveness().firstLive()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aLetterIsLiveUnderItsOwnersKeyAndItsOriginIsNot() {
        long subscription = broker.subscribe(alice, 1, "demo");
        long tag = broker.publishStored(alice, "demo", "m");
        broker.poll(alice, subscription);
        broker.pass(1, TimeUnit.SECONDS);
        long letters = broker.subscribe(alice, 1, "$dead-letter/demo");
        LiveRecords liveness = liveness();
        assertThat(liveness.of(key("demo")).isLive(tag)).isFalse();
        byte[] letterKey = MessageKeys.ofLetters(OwnerId.ofKey(key("alice")), key("$dead-letter/demo"));
        assertThat(liveness.of(letterKey).isLive(letters)).isTrue();
    }

    @Test
    void anIdleSubscriptionKeepsNothingBackFromBeingDropped() {
        broker.subscribe(alice, 1, "idle");
        long busy = broker.subscribe(alice, 1, "busy");
        for (int i = 0; i < 10; i++) {
            broker.publishStored(alice, "busy", "m" + i);
            broker.acknowledge(alice, busy, broker.poll(alice, busy));
        }
        assertThat(liveness().firstLive()).isEqualTo(Long.MAX_VALUE);
    }
}
