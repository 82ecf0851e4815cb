package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.daemon.v1.BlipClient;
import io.blipmq.daemon.v1.Delivery;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code wal_recovery = "salvage"}: the daemon starts over damage, tells it everywhere, and serves what is left. */
@Timeout(120)
class SalvageStartTest {
    private static final int MESSAGES = 20;

    @TempDir
    Path directory;

    private DaemonSetup strict;
    private DaemonSetup salvage;
    private LogDirectory log;

    @BeforeEach
    void name() {
        // So long that nothing is delivered twice to a test that takes its time.
        strict = DaemonSetup.in(directory).with("ack_timeout_ms", 3_600_000);
        salvage = DaemonSetup.in(directory).with("ack_timeout_ms", 3_600_000).with("wal_recovery", "salvage");
        log = new LogDirectory(strict.logDirectory());
    }

    private static List<String> receive(BlipClient client) throws Exception {
        return client.poll(client.subscribe("demo", 1), 1000).stream()
                .map(Delivery::text)
                .toList();
    }

    @Test
    void aWholeLogIsTakenAsItIs() throws Exception {
        LogDirectory.store(strict, MESSAGES);
        try (DaemonProcess daemon = DaemonProcess.startReady(salvage);
                BlipClient client = daemon.connect()) {
            assertThat(daemon.output()).doesNotContain("salvaged");
            assertThat(daemon.get("/readyz").body()).isEqualToIgnoringNewLines("ok");
            assertThat(daemon.scrape().value("blipmq_wal_lost_ranges")).isZero();
            assertThat(receive(client)).hasSize(MESSAGES);
            daemon.stop();
        }
    }

    @Test
    void whatIsLostIsToldAndTheRestIsServed() throws Exception {
        LogDirectory.store(strict, MESSAGES);
        log.damage("message 7");
        try (DaemonProcess daemon = DaemonProcess.startReady(salvage);
                BlipClient client = daemon.connect()) {
            assertThat(daemon.output())
                    .contains(
                            " WARN ",
                            "salvaged: log file " + log.segment().getFileName() + ", offset ",
                            "records 9 to 9 are lost",
                            "kept in ",
                            log.segment().getFileName() + ".aside");
            assertThat(daemon.get("/readyz").statusCode()).isEqualTo(200);
            assertThat(daemon.get("/readyz").body()).contains("ok, salvaged; lost ranges of records: 1");
            assertThat(daemon.scrape().value("blipmq_wal_lost_ranges")).isEqualTo(1);
            assertThat(receive(client)).hasSize(MESSAGES - 1).doesNotContain("message 7");
            client.publish("demo", WireClient.bytes("after"), 1);
            client.ping();
            daemon.kill9();
        }
        try (DaemonProcess daemon = DaemonProcess.startReady(strict);
                BlipClient client = daemon.connect()) {
            assertThat(receive(client)).hasSize(MESSAGES).contains("after").doesNotContain("message 7");
            daemon.stop();
        }
    }

    /** The checkpoint says that it had been delivered; nobody can deliver it again. */
    @Test
    void aLostMessageThatHadBeenDeliveredIsNotDueAnyMore() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(strict);
                BlipClient client = daemon.connect()) {
            long id = client.subscribe("demo", 1);
            for (int i = 0; i < 5; i++) {
                client.publish("demo", WireClient.bytes("message " + i), 1);
                client.ping();
            }
            assertThat(client.poll(id, 3)).hasSize(3);
            daemon.stop();
        }
        log.damage("message 1");
        for (DaemonSetup setup : List.of(salvage, strict)) {
            try (DaemonProcess daemon = DaemonProcess.startReady(setup);
                    BlipClient client = daemon.connect()) {
                assertThat(daemon.scrape().value("messages_inflight")).isEqualTo(2);
                assertThat(receive(client)).containsExactly("message 0", "message 2", "message 3", "message 4");
                daemon.kill9();
            }
        }
    }

    @Test
    void aSegmentThatIsGone() throws Exception {
        LogDirectory.store(strict, MESSAGES);
        LogDirectory.store(strict, 0);
        Files.delete(log.segment());
        try (DaemonProcess daemon = DaemonProcess.startReady(salvage);
                BlipClient client = daemon.connect()) {
            assertThat(daemon.output()).contains("is missing", "records 1 to 21 are lost");
            long id = client.subscribe("demo", 1);
            assertThat(client.poll(id, 1000)).isEmpty();
            client.publish("demo", WireClient.bytes("after"), 1);
            client.ping();
            assertThat(client.poll(id, 1000)).extracting(Delivery::text).containsExactly("after");
            daemon.stop();
        }
    }

    @Test
    void aNewerFormatIsRefusedAllTheSame() throws Exception {
        LogDirectory.store(strict, 1);
        byte[] content = Files.readAllBytes(log.segment());
        content[11] = 2;
        Files.write(log.segment(), content);

        DaemonProcess daemon = DaemonProcess.run(salvage);

        assertThat(daemon.exitStatus()).isEqualTo(1);
        assertThat(daemon.output()).contains("start the newer release again").doesNotContain("repair");
    }
}
