package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blipmq.net.NetBudgets;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.wal.WalOptions;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the parts may take adds up to no more than there is. */
class MemoryBudgetsTest {
    private static final long MIB = 1 << 20;
    private static final int CONNECTIONS = 16_384;

    /** As the launcher gives them to containers of 64, 96, 128, 192, 256, 512 and 1,024 MiB. */
    @ParameterizedTest
    @CsvSource({
        "15, 13, 262144",
        "40, 20, 1048576",
        "62, 30, 2097152",
        "96, 48, 4194304",
        "128, 64, 4194304",
        "274, 136, 16777216",
        "512, 256, 16777216"
    })
    void theLargestFrameThatIsSafeIsOffered(long heapMib, long directMib, int frameLengthMax) throws Exception {
        MemoryBudgets budgets = MemoryBudgets.of(heapMib * MIB, directMib * MIB, CONNECTIONS);

        assertThat(budgets.frameLengthMax()).isEqualTo(frameLengthMax);
        assertFits(budgets);
    }

    /** What a hundred thousand subscriptions at QoS 0 need: a test of the core says so. */
    @Test
    void theDefaultHeapHasRoomForAHundredThousandTopics() throws Exception {
        MemoryBudgets budgets = MemoryBudgets.of(512 * MIB, 256 * MIB, CONNECTIONS);

        assertThat(budgets.stateBytes()).isGreaterThan(112 * MIB);
    }

    @Test
    void theSumIsNeverMoreThanThereIs() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            long heapBytes = random.nextLong(4 * MIB, 2048 * MIB);
            long directBytes = random.nextLong(MIB, 1024 * MIB);
            int connections = 1 + random.nextInt(1 << 20);
            try {
                assertFits(MemoryBudgets.of(heapBytes, directBytes, connections));
            } catch (StartException tooLittle) {
                assertThat(heapBytes < 16 * MIB || directBytes < 13 * MIB)
                        .as("seed %d: %s", seed, tooLittle.getMessage())
                        .isTrue();
            }
        }
    }

    private static void assertFits(MemoryBudgets budgets) {
        WalOptions log = budgets.log(WalOptions.defaults());
        NetBudgets connections = budgets.connections(log);

        assertThat(budgets.directBytesUsed(log, connections)).isLessThanOrEqualTo(budgets.directBytes());
        assertThat(2L * log.unstoredBytesMax() + log.chunkBytes())
                .as("the place of the largest record is used when there is none")
                .isGreaterThanOrEqualTo(budgets.frameLengthMax());
        assertThat(budgets.heapBytesUsed()).isLessThan(budgets.heapBytes());
        assertThat(budgets.liveBytes()).isGreaterThanOrEqualTo(budgets.frameLengthMax());
        assertThat(budgets.frameLengthMax()).isLessThanOrEqualTo(FrameLayout.LENGTH_MAX);
        assertThat(budgets.connectionsMax()).isPositive();
    }

    @Test
    void aLargeMachineHasTheUsualLimitsAndNoWarning() throws Exception {
        MemoryBudgets budgets = MemoryBudgets.of(512 * MIB, 256 * MIB, CONNECTIONS);

        assertThat(budgets.connectionsMax()).isEqualTo(CONNECTIONS);
        assertThat(budgets.warning(1024 * MIB)).isEmpty();
        assertThat(budgets.describe(CONNECTIONS))
                .isEqualTo("memory: heap 512 MiB, direct buffers 256 MiB; enough for frames of 16 MiB and for 16384"
                        + " connections");
    }

    @Test
    void tooLittleIsRefusedInWords() {
        for (long[] mib : new long[][] {{10, 64}, {64, 8}}) {
            assertThatThrownBy(() -> MemoryBudgets.of(mib[0] * MIB, mib[1] * MIB, CONNECTIONS))
                    .isInstanceOf(StartException.class)
                    .hasMessage("a heap of " + mib[0] + " MiB and " + mib[1] + " MiB of direct memory are too small;"
                            + " give at least -Xmx16m and -XX:MaxDirectMemorySize=13m"
                            + " (BLIPMQ_JAVA_OPTS), or a container of 64 MiB or more");
        }
    }

    @Test
    void whatMayGrowBeyondTheContainerIsSaid() throws Exception {
        MemoryBudgets budgets = MemoryBudgets.of(128 * MIB, 64 * MIB, CONNECTIONS);

        assertThat(budgets.warning(228 * MIB)).isEmpty();
        assertThat(budgets.warning(192 * MIB))
                .hasValue("the heap (128 MiB), direct buffers (64 MiB) and the JVM itself (36 MiB or more) may"
                        + " exceed the 192 MiB of memory that there are, and the kernel would kill this process: lower"
                        + " -Xmx or -XX:MaxDirectMemorySize, or give it more memory");
    }

    @Test
    void fewerConnectionsThanConfiguredAreSaid() throws Exception {
        assertThat(MemoryBudgets.of(16 * MIB, 13 * MIB, CONNECTIONS).describe(CONNECTIONS))
                .isEqualTo("memory: heap 16 MiB, direct buffers 13 MiB; enough for frames of 256 KiB and for 384"
                        + " connections, not max_connections 16384");
    }
}
