package io.blipmq.wal.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.WalAgent;
import io.blipmq.wal.WalAppender;
import io.blipmq.wal.append.DurableState;
import io.blipmq.wal.append.Waker;
import io.blipmq.wal.engine.PrefixMatcher;
import io.blipmq.wal.engine.WalFixture;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** What the log's threads hand over to each other, on a simulated disk, for {@link Interleaving}. Immutable. */
enum HandOver {
    /** Records from the core to the log thread, and back once they are on disk. */
    COMMIT(2) {
        @Override
        void run(Interleaving turns) throws Exception {
            SimulatedStorage disk = new SimulatedStorage(1);
            WalFixture log =
                    new WalFixture(disk, WalFixture.smallOptions()).open().settle();
            turns.with("core", () -> commit(log, disk))
                    .with("log", () -> writeToTheEnd(log))
                    .run();
        }

        private void commit(WalFixture log, SimulatedStorage disk) {
            WalAppender appender = log.wal().appender();
            log.wal().agent().onStored(unparkMe());
            log.append("a record");
            appender.submit(true);
            while (log.drain().drained().isEmpty()) {
                LockSupport.park();
            }
            assertThat(onDisk(disk)).contains("a record");
            assertThat(appender.storedSequence()).isEqualTo(1);
            appender.seal();
        }

        /** All bytes that a power loss leaves. */
        private String onDisk(SimulatedStorage disk) {
            SimulatedStorage dark = disk.copy();
            dark.losePower(0);
            StringBuilder text = new StringBuilder();
            dark.list().forEach(name -> text.append(new String(dark.content(name), StandardCharsets.ISO_8859_1)));
            return text.toString();
        }
    },

    /** A checkpoint from the core to the background thread, which asks the log thread for a force and waits for it. */
    CHECKPOINT(1) {
        @Override
        void run(Interleaving turns) throws Exception {
            WalFixture log = new WalFixture(new SimulatedStorage(1), WalFixture.smallOptions())
                    .with(ForcePolicy.NONE)
                    .open()
                    .settle();
            log.append("written and not forced");
            log.wal().appender().submit(false);
            log.wal().agent().doWork(log.nowNanos());
            turns.with("core", () -> log.beginCheckpoint("state", WalFixture.live(sequence -> true)))
                    .with("log", () -> writeToTheEnd(log))
                    .with("background", () -> work(log))
                    .run();
        }

        private void work(WalFixture log) {
            while (log.wal().checkpointedSequence() < 1) {
                if (log.wal().background().doWork(log.nowNanos()) == 0) {
                    log.wal().background().awaitWork(LONG_NANOS);
                }
            }
            log.wal().appender().seal();
        }
    },

    /** What the background thread wants forced, while the log thread forces of its own accord. */
    FORCE_REQUEST(3) {
        @Override
        void run(Interleaving turns) throws Exception {
            Waker logWaker = new Waker();
            Waker wakeup = new Waker();
            DurableState durable = new DurableState(0, wakeup);
            AtomicBoolean ended = new AtomicBoolean();
            turns.with("log", () -> {
                        durable.forced(1);
                        while (!ended.get()) {
                            if (durable.isForceRequested()) {
                                durable.forced(1);
                            }
                            logWaker.await(LONG_NANOS);
                        }
                    })
                    .with("background", () -> {
                        durable.requestForce(1);
                        logWaker.wake();
                        while (durable.forcedSequence() < 1) {
                            wakeup.await(LONG_NANOS);
                        }
                        ended.set(true);
                        logWaker.wake();
                    })
                    .run();
        }
    },

    /** Segments that compaction replaces while the core reads from them. */
    COMPACTION(1) {
        private SimulatedStorage written;
        private WalFixture.Seen live;

        @Override
        void run(Interleaving turns) throws Exception {
            if (written == null) {
                write();
            }
            WalFixture log = open(written.copy());
            log.beginCheckpoint("state", WalFixture.live(sequence -> sequence == live.sequence()));
            turns.with("background", () -> compact(log))
                    .with("core", () -> readOverAndOver(log))
                    .run();
        }

        private WalFixture open(SimulatedStorage disk) throws IOException {
            return new WalFixture(disk, WalFixture.keyedOptions()).open().settle();
        }

        private void write() throws IOException {
            SimulatedStorage disk = new SimulatedStorage(1);
            WalFixture log = open(disk);
            for (int record = 0; record < 40; record++) {
                log.store("a record " + record + "x".repeat(900));
            }
            live = log.drained().get(10);
            log.stop();
            written = disk;
        }

        private void compact(WalFixture log) {
            while (log.wal().isCheckpointing()) {
                log.wal().background().doWork(log.nowNanos());
            }
        }

        /** As a reader does: what is not there any more where it was found has moved, and is found again. */
        private void readOverAndOver(WalFixture log) {
            for (int times = 0; times < 3; times++) {
                boolean byMatcher = times == 1;
                String text = find(log, byMatcher);
                assertThat(text == null ? find(log, byMatcher) : text).isEqualTo(live.text());
            }
        }

        /** Null when it was not where it was found. */
        private String find(WalFixture log, boolean byMatcher) {
            List<WalFixture.Seen> found = byMatcher
                    ? log.find(PrefixMatcher.ALL, live.sequence(), live.sequence(), 1)
                    : log.find("a", live.sequence(), live.sequence(), 1);
            assertThat(found).hasSize(1);
            return found.get(0).text();
        }
    },

    /** A thread that waits, and one that wakes it. */
    SIGNAL(4) {
        @Override
        void run(Interleaving turns) throws Exception {
            Waker signal = new Waker();
            AtomicInteger published = new AtomicInteger();
            turns.with("waits", () -> {
                        for (int seen = 0; seen < 2; seen = published.get()) {
                            signal.await(LONG_NANOS);
                        }
                    })
                    .with("raises", () -> {
                        for (int value = 1; value <= 2; value++) {
                            published.set(value);
                            signal.wake();
                        }
                    })
                    .run();
        }
    };

    private static final long LONG_NANOS = TimeUnit.HOURS.toNanos(1);

    private final int preemptionsMax;

    HandOver(int preemptionsMax) {
        this.preemptionsMax = preemptionsMax;
    }

    abstract void run(Interleaving turns) throws Exception;

    /** @return in how many orders it was done */
    int explore() {
        return Interleaving.explore(preemptionsMax, this::run);
    }

    private static void writeToTheEnd(WalFixture log) {
        WalAgent agent = log.wal().agent();
        while (!agent.isSealed()) {
            if (agent.doWork(log.nowNanos()) == 0) {
                agent.awaitWork(LONG_NANOS);
            }
        }
    }

    private static Runnable unparkMe() {
        Thread me = Thread.currentThread();
        return () -> LockSupport.unpark(me);
    }
}
