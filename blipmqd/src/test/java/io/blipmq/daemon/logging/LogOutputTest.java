package io.blipmq.daemon.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;

/** A log whose reader stands still keeps nobody waiting, and loses lines that are counted. */
@Timeout(60)
class LogOutputTest {
    private static final int LINES_MAX = 4;
    private static final long FOREVER_MILLIS = 60_000;

    private final Pipe pipe = new Pipe();
    private final AtomicLong nowNanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final LoggerContext context = new LoggerContext();
    private final LogOutput output = configured();
    private final Logger logger = context.getLogger("test");

    /** As a pipe that is full until somebody reads. */
    private static final class Pipe extends ByteArrayOutputStream {
        private final CountDownLatch writing = new CountDownLatch(1);
        private final CountDownLatch read = new CountDownLatch(1);

        @Override
        public void write(byte[] line) {
            writing.countDown();
            await(read);
            writeBytes(line);
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private LogOutput configured() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        return LogConfigurator.configure(
                context,
                Level.INFO,
                layout -> new LogOutput(layout, pipe, LINES_MAX, nowNanos::get),
                ZoneOffset.UTC,
                System::nanoTime);
    }

    @AfterEach
    void letTheWriterGoOn() {
        pipe.read.countDown();
    }

    /** One line is with the writer then, and the queue is full. */
    private void logMoreThanThereIsRoomFor(int more) {
        logger.info("first");
        Pipe.await(pipe.writing);
        for (int i = 0; i < LINES_MAX + more; i++) {
            logger.info("line {}", i);
        }
    }

    @Test
    void whoLogsIsNotKeptWaitingAndWhatIsDroppedIsCounted() {
        logMoreThanThereIsRoomFor(3);

        assertThat(output.droppedCount()).isEqualTo(3);
        assertThat(output.takeDropped()).as("while the report would be dropped").isZero();
    }

    @Test
    void whatWasDroppedIsHandedOverOnceThereIsRoom() throws Exception {
        logMoreThanThereIsRoomFor(3);
        pipe.read.countDown();
        assertThat(output.flush(FOREVER_MILLIS)).isTrue();

        assertThat(output.takeDropped()).isEqualTo(3);
        assertThat(output.takeDropped()).isZero();
        assertThat(output.droppedCount()).isEqualTo(3);
        assertThat(lines()).containsExactly("first", "line 0", "line 1", "line 2", "line 3");
    }

    @Test
    void aFlushEndsWithoutAReader() throws Exception {
        logMoreThanThereIsRoomFor(0);

        assertThat(output.flush(1)).isFalse();
    }

    @Test
    void aWriteThatLastsIsNoticedUntilItEnds() throws Exception {
        assertThat(output.stalledNanos()).isZero();
        logger.info("first");
        Pipe.await(pipe.writing);
        assertThat(output.stalledNanos()).isZero();

        nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(3));
        assertThat(output.stalledNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(3));

        pipe.read.countDown();
        assertThat(output.flush(FOREVER_MILLIS)).isTrue();
        assertThat(output.stalledNanos()).isZero();
    }

    private List<String> lines() {
        return pipe.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.substring(line.lastIndexOf(": ") + 2))
                .toList();
    }
}
