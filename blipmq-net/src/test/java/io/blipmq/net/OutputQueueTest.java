package io.blipmq.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.FrameLayout;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutputQueueTest {
    private static final NetBudgets BUDGETS = new NetBudgets(26L << 20, 17L << 20);

    private final NetMetrics metrics = new NetMetrics();
    private final LoopResources shared = new LoopResources(null, TestServer.options(1, BUDGETS), metrics);

    @Test
    void isFullAtTheHighWaterMark() {
        OutputQueue output = new OutputQueue(shared);
        fill(output, NetLimits.defaults().output().highWaterBytes() - 1);
        assertThat(output.isFull()).isFalse();
        fill(output, 1);
        assertThat(output.isFull()).isTrue();
        assertThat(metrics.get(NetMetric.OUTPUT_BYTES))
                .isEqualTo(NetLimits.defaults().output().highWaterBytes());
    }

    /** Many who do not read ask for more than there is; one who reads is served all the same. */
    @Test
    void theBudgetHoldsForAllTogetherAndKeepsNobodyOut() {
        OutputQueue[] sleepers = new OutputQueue[200];
        for (int i = 0; i < sleepers.length; i++) {
            sleepers[i] = new OutputQueue(shared);
            while (!sleepers[i].isFull()) {
                fill(sleepers[i], 10_000);
            }
        }
        long beyond = sleepers.length * 12_000L;
        assertThat(metrics.get(NetMetric.OUTPUT_BYTES)).isBetween(15L << 20, BUDGETS.outputBytes() + beyond);
        assertThat(new OutputQueue(shared).isFull()).isFalse();
        for (OutputQueue sleeper : sleepers) {
            sleeper.clear();
        }
        assertThat(shared.output.usedBytes()).isZero();
        assertThat(metrics.get(NetMetric.OUTPUT_BYTES)).isZero();
    }

    /** Ten thousand who all read are too many to have something queued at once. */
    @Test
    void thoseWhoHaveNothingQueuedGoBeyondTheBudgetByHalfOfItTogether() {
        List<OutputQueue> queues = new ArrayList<>();
        OutputQueue next = new OutputQueue(shared);
        while (!next.isFull()) {
            assertThat(next.isStarved()).isFalse();
            assertThat(next.hasRoomForPush()).isTrue();
            fill(next, 60_000);
            queues.add(next);
            next = new OutputQueue(shared);
        }
        assertThat(next.isStarved()).isTrue();
        assertThat(next.hasRoomForPush()).isFalse();
        long limit = BUDGETS.outputBytes() * 3 / 2;
        assertThat(shared.output.usedBytes()).isBetween(limit, limit + (1 << 17));

        queues.get(0).clear();
        assertThat(next.isStarved()).isFalse();
        assertThat(next.isFull()).isFalse();
    }

    @Test
    void theLargestFrameFits() {
        OutputQueue output = new OutputQueue(shared);
        assertThat(output.append(FrameLayout.FRAME_BYTES_MAX).remaining())
                .isGreaterThanOrEqualTo(FrameLayout.FRAME_BYTES_MAX);
    }

    /** Appending and writing take turns, and the socket takes what it likes. */
    @Test
    void theBytesArriveAsTheyWereAppended() throws IOException {
        long seed = Long.getLong("blipmq.seed", System.nanoTime());
        System.out.println("blipmq.seed=" + seed);
        Random random = new Random(seed);
        OutputQueue output = new OutputQueue(shared);
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
                SocketChannel reader = SocketChannel.open(listener.getLocalAddress());
                SocketChannel writer = listener.accept()) {
            reader.configureBlocking(false);
            writer.configureBlocking(false);
            ByteBuffer received = ByteBuffer.allocate(64 * 1024);
            byte in = 0;
            byte out = 0;
            for (int round = 0; round < 3_000; round++) {
                for (int bytes = random.nextInt(40_000); bytes > 0 && !output.isFull(); bytes -= 1_000) {
                    in = appendCounting(output, 1 + random.nextInt(1_000), in);
                }
                output.write(writer);
                if (random.nextInt(3) == 0) {
                    out = readCounting(reader, received, out);
                }
            }
            while (!output.isEmpty() || out != in) {
                output.write(writer);
                out = readCounting(reader, received, out);
            }
        }
        assertThat(shared.output.usedBytes()).isZero();
    }

    private static void fill(OutputQueue output, int bytes) {
        output.append(bytes).put(new byte[bytes]);
    }

    private static byte appendCounting(OutputQueue output, int bytes, byte from) {
        ByteBuffer to = output.append(bytes);
        byte next = from;
        for (int i = 0; i < bytes; i++) {
            to.put(next++);
        }
        return next;
    }

    private static byte readCounting(SocketChannel reader, ByteBuffer received, byte from) throws IOException {
        reader.read(received.clear());
        received.flip();
        byte expected = from;
        while (received.hasRemaining()) {
            byte actual = received.get();
            if (actual != expected) {
                assertThat(actual).isEqualTo(expected);
            }
            expected++;
        }
        return expected;
    }
}
