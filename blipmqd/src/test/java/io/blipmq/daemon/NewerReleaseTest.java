package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.journal.LocalJournal;
import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.LiveRecordsOfKey;
import io.blipmq.wal.Wal;
import io.blipmq.wal.WalOptions;
import io.blipmq.wal.engine.WalEngine;
import io.blipmq.wal.storage.FileStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A newer release has gone on with the log, and has written what this one does not know: every start and every command
 * says so, and where; none changes anything or ends in a stack trace.
 */
@Timeout(120)
class NewerReleaseTest {
    private static final int NEWER_TYPE = 99;
    private static final int NEWER_VERSION = 99;
    private static final int SETTLE = 3;

    @TempDir
    Path directory;

    private DaemonSetup setup;
    private LogDirectory log;

    @BeforeEach
    void storeSomething() throws Exception {
        setup = DaemonSetup.in(directory);
        log = new LogDirectory(setup.logDirectory());
        LogDirectory.store(setup, 3);
    }

    private interface Continuation {
        void in(Wal wal);
    }

    /** Goes on with the log, without knowing what is in it, and leaves it without a clean end. */
    private void goOn(Continuation continuation) throws IOException {
        WalOptions options = WalOptions.defaults().withRecordKey(LocalJournal.recordKey());
        try (Wal wal = WalEngine.open(
                FileStorage.open(log.path()),
                options,
                (sequence, state) -> {},
                (sequence, type, buffer, offset, length, position) -> {})) {
            continuation.in(wal);
        }
    }

    private static void append(Wal wal, int type, byte[] body) {
        int offset = wal.appender().claim(body.length);
        wal.appender().buffer().put(offset, body);
        wal.appender().commit(type);
        wal.appender().submit(true);
        wal.agent().doWork(System.nanoTime());
    }

    private static void seal(Wal wal) {
        wal.appender().seal();
        while (!wal.agent().isSealed()) {
            wal.agent().doWork(System.nanoTime());
        }
    }

    @Test
    void itsRecordsAfterAKill() throws Exception {
        goOn(wal -> append(wal, NEWER_TYPE, WireClient.bytes("from the future")));

        assertRefusedByAll(
                "0000000000000005-00000002.segment, offset 4096", "a record of type 99; this one reads up to");
    }

    @Test
    void itsRecordsAfterACleanEnd() throws Exception {
        goOn(wal -> {
            append(wal, NEWER_TYPE, WireClient.bytes("from the future"));
            seal(wal);
        });

        assertRefusedByAll(
                "0000000000000005-00000002.segment, offset 4096", "a record of type 99; this one reads up to");
    }

    @Test
    void itsReasons() throws Exception {
        byte[] settled = new byte[21];
        settled[16] = 77;
        goOn(wal -> append(wal, SETTLE, settled));

        assertRefusedByAll("0000000000000005-00000002.segment, offset 4096", "settle reason 77");
    }

    @Test
    void itsCheckpoints() throws Exception {
        goOn(wal -> {
            wal.checkpoint(
                    wal.appender().storedSequence(), ByteBuffer.allocate(100).putInt(0, NEWER_VERSION), allLive());
            while (wal.isCheckpointing()) {
                wal.agent().doWork(System.nanoTime());
                wal.background().doWork(System.nanoTime());
            }
            seal(wal);
        });

        assertRefusedByAll("checkpoint, offset ", "a state of version 99; this one reads up to");
    }

    private static LiveRecords allLive() {
        return new LiveRecords() {
            @Override
            public long firstLive() {
                return 1;
            }

            @Override
            public LiveRecordsOfKey of(byte[] key) {
                return sequence -> true;
            }
        };
    }

    private void assertRefusedByAll(String place, String what) throws Exception {
        Map<String, String> before = contents();
        for (DaemonSetup start : List.of(setup, DaemonSetup.in(directory).with("wal_recovery", "salvage"))) {
            DaemonProcess daemon = DaemonProcess.run(start);
            assertThat(daemon.exitStatus()).as(daemon.output()).isEqualTo(1);
            assertRefusal(daemon.output().lines().toList(), place, what);
            assertThat(daemon.errors()).isEmpty();
        }
        for (String command : List.of("subscriptions list", "wal verify", "wal repair", "wal repair --accept-loss")) {
            OfflineRun run = OfflineRun.of((command + " --wal-path " + log.path()).split(" "));
            run.expect(1);
            assertRefusal(run.errors().lines().toList(), place, what);
        }
        assertThat(contents()).isEqualTo(before);
    }

    private static void assertRefusal(List<String> lines, String place, String what) {
        assertThat(lines)
                .last()
                .asString()
                .contains("log file " + place, "written by a newer release: " + what)
                .endsWith("Start the newer release again. Nothing was changed");
        assertThat(lines).noneMatch(line -> line.startsWith("\tat "));
    }

    /** But for the lock, which says who tried last. */
    private Map<String, String> contents() throws Exception {
        Map<String, String> contents = log.contents();
        contents.remove("lock");
        return contents;
    }
}
