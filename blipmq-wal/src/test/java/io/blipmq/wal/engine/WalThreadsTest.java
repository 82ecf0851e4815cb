package io.blipmq.wal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.Capacity;
import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.RecordHandler;
import io.blipmq.wal.Wal;
import io.blipmq.wal.WalAgent;
import io.blipmq.wal.WalAppender;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.storage.FileStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The three threads on a real disk. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class WalThreadsTest {
    private static final int RECORDS = 200_000;
    private static final int TURN = 50;
    private static final long TURN_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    Path directory;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    /** Whether a thread runs the log's turn. */
    private final AtomicBoolean logTaken = new AtomicBoolean();

    private volatile boolean ending;

    /** Whether the core runs some of the log's turns itself. */
    private boolean coreWrites;

    private long drained;

    @Test
    void recordsComeBackInOrderUnderEveryPolicy() throws Exception {
        runAll();
    }

    @Test
    void recordsComeBackInOrderWhoeverWritesThem() throws Exception {
        coreWrites = true;
        runAll();
    }

    private void runAll() throws Exception {
        long expected = 0;
        for (ForcePolicy policy : new ForcePolicy[] {
            ForcePolicy.ALWAYS, ForcePolicy.everyN(64), ForcePolicy.intervalMillis(5), ForcePolicy.NONE
        }) {
            expected += runOnce(policy, expected);
        }
        assertThat(replay(expected)).isEqualTo(expected);
    }

    private long runOnce(ForcePolicy policy, long before) throws Exception {
        ending = false;
        drained = 0;
        Wal wal = open(policy, before);
        Thread core = Thread.currentThread();
        wal.agent().onStored(() -> LockSupport.unpark(core));
        wal.background().onPrepared(() -> LockSupport.unpark(core));
        Thread log = start(() -> runLog(wal.agent()));
        Thread background = start(() -> {
            while (!ending) {
                wal.background().doWork(System.nanoTime());
                wal.background().awaitWork(WAIT_NANOS);
            }
        });
        appendAll(wal, before);
        wal.appender().seal();
        log.join();
        ending = true;
        wal.background().wakeup();
        background.join();
        wal.close();
        assertThat(failure.get()).isNull();
        assertThat(drained).isEqualTo(RECORDS);
        return RECORDS;
    }

    private Wal open(ForcePolicy policy, long before) throws IOException {
        long[] next = new long[1];
        WalOptions options = WalOptions.defaults()
                .withForcePolicy(policy)
                .withSegments(1 << 20, 1 << 20, 1 << 16, 1 << 16)
                .withMemory(1 << 16, 1 << 20, 1 << 19);
        Wal wal = WalEngine.open(
                FileStorage.open(directory),
                options,
                (sequence, type, buffer, offset, length, position) ->
                        assertThat(buffer.getLong(offset)).isEqualTo(next[0]++));
        assertThat(next[0]).isEqualTo(before);
        return wal;
    }

    private void runLog(WalAgent log) {
        boolean owed = true;
        while (!log.isSealed()) {
            owed = owed && !runLogTurn(log);
            owed |= log.awaitWork(owed ? TURN_WAIT_NANOS : WAIT_NANOS);
        }
    }

    /** @return false when another thread is at it */
    private boolean runLogTurn(WalAgent log) {
        if (!logTaken.compareAndSet(false, true)) {
            return false;
        }
        log.doWork(System.nanoTime());
        logTaken.set(false);
        return true;
    }

    private boolean submit(Wal wal, int appended) {
        boolean held = coreWrites && appended % 4 < 2;
        wal.appender().holdWakeups(held);
        boolean submitted = wal.appender().submit(appended % 3 != 0);
        if (submitted && held && !runLogTurn(wal.agent())) {
            wal.agent().wakeup();
        }
        wal.appender().holdWakeups(false);
        return submitted;
    }

    private void appendAll(Wal wal, long before) {
        WalAppender appender = wal.appender();
        ByteBuffer readBack = ByteBuffer.allocate(Long.BYTES);
        RecordHandler handler = (sequence, type, buffer, offset, length, position) -> {
            assertThat(buffer.getLong(offset)).isEqualTo(before + drained);
            if (drained % 1000 == 0) {
                assertThat(appender.read(position, Long.BYTES, readBack.clear()))
                        .isTrue();
                assertThat(readBack.getLong(0)).isEqualTo(before + drained);
            }
            drained++;
        };
        int appended = 0;
        while (drained < RECORDS && failure.get() == null) {
            int turnEnd = Math.min(RECORDS, appended + TURN);
            while (appended < turnEnd && appender.roomFor(bodyBytes(appended)) == Capacity.YES) {
                int body = appender.claim(bodyBytes(appended));
                appender.buffer().putLong(body, before + appended++);
                appender.commit(1);
            }
            boolean submitted = submit(wal, appended);
            if (appender.drainStored(handler, Integer.MAX_VALUE) == 0 && !submitted) {
                LockSupport.parkNanos(TURN_WAIT_NANOS);
            }
        }
    }

    private static int bodyBytes(int record) {
        return Long.BYTES + record % 100;
    }

    private long replay(long expected) throws IOException {
        try (Wal wal = open(ForcePolicy.ALWAYS, expected)) {
            return wal.recovery().records();
        }
    }

    private Thread start(Runnable loop) {
        Thread thread = new Thread(loop);
        thread.setUncaughtExceptionHandler((failed, cause) -> failure.set(cause));
        thread.start();
        return thread;
    }
}
