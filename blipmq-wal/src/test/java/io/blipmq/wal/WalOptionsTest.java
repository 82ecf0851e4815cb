package io.blipmq.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blipmq.wal.segment.FormatLimits;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.segment.SegmentLayout;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The log's limits and their relations. */
class WalOptionsTest {

    @Test
    void defaults() {
        WalOptions options = WalOptions.defaults();

        assertThat(options.forcePolicy()).isEqualTo(ForcePolicy.ALWAYS);
        assertThat(options.segmentBytes()).isEqualTo(64 << 20);
        assertThat(options.startSegmentBytes()).isEqualTo(16 << 20);
        assertThat(options.chunkBytes()).isEqualTo(1 << 20);
        assertThat(options.recordBytesMax()).isEqualTo((16 << 20) + (64 << 10));
        assertThat(options.reserveBytes()).isEqualTo(4 << 20);
        assertThat(options.unstoredBytesMax()).isEqualTo(32 << 20);
        assertThat(options.tailBytesMax()).isEqualTo(32 << 20);
        assertThat(options.lockWaitNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(3));
        assertThat(options.recordKey()).isSameAs(RecordKey.NO_KEYS);
        assertThat(options.limits())
                .isEqualTo(new WalLimits(
                        262_144, 65_536, 1_114_112, 1_048_576, 262_144, 65_536, 1_048_576, 4_194_304, 65_536, 1_048_576,
                        4_096, 64, 8_192, 512, 64, 32, 1_024, 64, 16_384, 64, 8_192, 16, 1_024, 4, 16, 16, 8, 128));
    }

    @Test
    void aSegmentHoldsItsReserveAndTheLongestRecord() {
        WalOptions options = WalOptions.defaults();
        int needed = SegmentLayout.FIRST_FRAME + 2 * FrameLayout.HEADER_BYTES + FrameLayout.recordBytes(1000) + 80;
        FormatLimits.require(options.withSegments(needed, needed, 1000, 80));

        assertThatThrownBy(() -> FormatLimits.require(options.withSegments(needed - 8, needed, 1000, 80)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the longest record");
    }

    @Test
    void sizesAreAligned() {
        WalOptions options = WalOptions.defaults();

        assertThatThrownBy(() -> FormatLimits.require(options.withSegments((1 << 20) + 1, 1 << 20, 100, 0)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FormatLimits.require(options.withMemory(1001, 1, 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
