package io.blipmq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.blipmq.protocol.entry.PropertiesBuilder;
import io.blipmq.protocol.entry.PropertyLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What a message asks for that is to be delivered later. */
class DeliverAtTest {
    private static final Instant TIME = Instant.ofEpochMilli(1_800_000_000_000L);

    @Test
    void theTimeIsAProperty() {
        assertThat(Message.of("t", "m").withHeader("a", "b").deliverAt(TIME).properties())
                .isEqualTo(new PropertiesBuilder()
                        .header("a", "b")
                        .deliverAtMillis(TIME.toEpochMilli())
                        .toBytes());
    }

    @Test
    void aDelayCountsFromTheCall() {
        long before = System.currentTimeMillis();
        byte[] properties =
                Message.of("t", "m").deliverAfter(Duration.ofHours(1)).properties();
        long after = System.currentTimeMillis();
        long due = ByteBuffer.wrap(properties).getLong(PropertyLayout.HEADER_BYTES);
        assertThat(due - Duration.ofHours(1).toMillis()).isBetween(before, after);
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        Message message = Message.of("t", "m");
        assertThatIllegalArgumentException().isThrownBy(() -> message.deliverAt(Instant.EPOCH));
        assertThatIllegalArgumentException().isThrownBy(() -> message.deliverAfter(Duration.ofMillis(-1)));
        assertThatIllegalStateException()
                .isThrownBy(() -> message.deliverAt(TIME).deliverAt(TIME))
                .withMessageContaining("a time at which it is to be delivered");
    }
}
