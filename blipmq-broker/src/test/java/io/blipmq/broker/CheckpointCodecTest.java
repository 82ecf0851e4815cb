package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.blipmq.broker.CheckpointState.DeliveryState;
import io.blipmq.broker.CheckpointState.LetterState;
import io.blipmq.broker.CheckpointState.LogState;
import io.blipmq.broker.CheckpointState.SubscriptionState;
import io.blipmq.broker.CheckpointState.TopicState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every version of a checkpoint's state, as it stands in files that releases have written. */
class CheckpointCodecTest {
    private static final int UNKNOWN = CommandHandler.LENGTH_UNKNOWN;

    /** What a version has for state that older ones did not know. */
    private record Extras(String name, boolean passing, int propertiesBytes, boolean redriven) {
        private static final Extras NONE = new Extras("", false, 0, false);
        private static final Extras SOME = new Extras("jobs", true, 14, true);
    }

    private static CheckpointState state(int firstLength, int secondLength, int letterLength, Extras extras) {
        OwnerId owner = new OwnerId(11, 12);
        DeliveryState delivery =
                new DeliveryState(5, 500, 1000, 2000, 26, 20, extras.propertiesBytes, extras.redriven, false, 3);
        SubscriptionState demo = new SubscriptionState(
                1,
                owner,
                bytes(extras.name),
                extras.passing,
                6,
                2,
                30,
                null,
                List.of(delivery),
                new long[] {8, 9},
                new int[] {firstLength, secondLength});
        SubscriptionState letters = new SubscriptionState(
                7, owner, bytes(""), false, 7, 0, 0, new LogState(7, 1, 10), List.of(), new long[0], new int[0]);
        return new CheckpointState(
                List.of(
                        new TopicState(bytes("demo"), new LogState(10, 6, 110), List.of(demo)),
                        new TopicState(bytes("$dead-letter/demo"), new LogState(0, 0, 0), List.of(letters))),
                List.of(new LetterState(7, 7, 1, 4, extras.redriven, letterLength)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ByteBuffer golden(String name) throws IOException {
        try (InputStream file = CheckpointCodecTest.class.getResourceAsStream(name)) {
            return ByteBuffer.wrap(file.readAllBytes());
        }
    }

    @Test
    void versionThreeIsWrittenAndRead() throws IOException {
        CheckpointState state = state(30, 5, 10, Extras.SOME);
        assertThat(CheckpointCodec.encode(state)).isEqualTo(golden("checkpoint-v3.bin"));
        assertThat(CheckpointCodec.decode(golden("checkpoint-v3.bin")))
                .usingRecursiveComparison()
                .isEqualTo(state);
    }

    @Test
    void versionTwoIsReadWithoutNamesAndProperties() throws IOException {
        assertThat(CheckpointCodec.decode(golden("checkpoint-v2.bin")))
                .usingRecursiveComparison()
                .isEqualTo(state(30, 5, 10, Extras.NONE));
    }

    @Test
    void versionOneIsReadWithLengthsUnknown() throws IOException {
        assertThat(CheckpointCodec.decode(golden("checkpoint-v1.bin")))
                .usingRecursiveComparison()
                .isEqualTo(state(UNKNOWN, UNKNOWN, UNKNOWN, Extras.NONE));
    }

    /** 6 messages of 110 bytes, 2 of 30 passed, 2 of the 4 that are left settled: of unknown length, so the average. */
    @Test
    void lengthsThatAreUnknownAreTakenToHaveTheAverage() throws IOException {
        BrokerState state = new BrokerState(BrokerOptions.defaults(), new BrokerCounters());
        CheckpointCodec.decode(golden("checkpoint-v1.bin")).restoreTo(state);
        assertThat(state.durable(1).cursor().waitingCount()).isEqualTo(2);
        assertThat(state.durable(1).cursor().waitingBytes()).isEqualTo(40);
        state.onSettle(1, 10, false, 25, SettleReason.ACKNOWLEDGED);
        assertThat(state.durable(1).cursor().waitingBytes()).isEqualTo(19); // 80 - 25 is left for three, 18 each
    }

    @Test
    void aNewerVersionIsRefused() {
        ByteBuffer newer = CheckpointCodec.encode(state(1, 1, 1, Extras.SOME));
        newer.putInt(0, 4);
        assertThatIllegalStateException()
                .isThrownBy(() -> CheckpointCodec.decode(newer))
                .withMessageContaining("version 4")
                .withMessageContaining("newer release");
    }
}
