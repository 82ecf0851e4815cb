package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.daemon.v1.BlipClient;
import io.blipmq.daemon.v1.Delivery;
import io.blipmq.daemon.v1.PublishRefusedException;
import io.blipmq.wal.WalOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The end of a daemon whose disk has not even room for acknowledgements. */
@Timeout(180)
class FullDiskShutdownTest {
    /** The first segment fits, the second one does not. */
    private static final String SMALL = "24m";

    /** So long that the ballast has room for their index, so short that there are more than are acknowledged. */
    private static final byte[] MESSAGE = new byte[48];

    private static final int SETTLEMENT_BYTES = 32;
    /** More than the reserve takes, and fewer than may wait beyond that. */
    private static final int ACKNOWLEDGED = WalOptions.defaults().reserveBytes() / SETTLEMENT_BYTES + 8_000;

    private static final int BATCH = 1_000;

    @TempDir
    Path directory;

    private DaemonSetup setup() {
        return DaemonSetup.in(directory)
                .with("ack_timeout_ms", 3_600_000)
                .with("max_in_flight", 1 << 20)
                .with("shutdown_drain_ms", 100);
    }

    @Test
    void theCheckpointKeepsAcknowledgementsThatTheLogHasNoRoomFor() throws Exception {
        try (Tmpfs disk = Tmpfs.mount(setup().logDirectory(), SMALL)) {
            int stored = fillAndAcknowledge(false, disk);
            assertThat(deliveredAfterwards()).isEqualTo(stored - ACKNOWLEDGED);
        }
    }

    @Test
    void withoutRoomForACheckpointItSaysHowManyAcknowledgementsAreLost() throws Exception {
        try (Tmpfs disk = Tmpfs.mount(setup().logDirectory(), SMALL)) {
            int stored = fillAndAcknowledge(true, disk);
            assertThat(deliveredAfterwards()).isBetween(stored - ACKNOWLEDGED + 1, stored);
        }
    }

    /** @return how many messages were stored */
    private int fillAndAcknowledge(boolean noRoomAtAll, Tmpfs disk) throws Exception {
        DaemonProcess daemon = DaemonProcess.startReady(setup());
        int stored;
        try (BlipClient client = daemon.connect()) {
            long subscription = client.subscribe("demo", 1);
            stored = publishUntilRefused(client);
            if (noRoomAtAll) {
                Files.deleteIfExists(setup().logDirectory().resolve("ballast"));
                disk.fill(setup().logDirectory().resolve("filler"), 0);
            }
            acknowledge(client, subscription);
        }
        daemon.terminate();
        assertThat(daemon.awaitExit()).isZero();
        List<String> lost = daemon.output()
                .lines()
                .filter(line -> line.contains("acknowledgements could not be written for lack of room on the disk"))
                .toList();
        assertThat(lost).hasSize(noRoomAtAll ? 1 : 0);
        assertThat(daemon.output()).contains("log sealed");
        assertThat(stoppedAfterMillis(daemon.output())).isLessThan(8_000);
        Files.deleteIfExists(setup().logDirectory().resolve("filler"));
        return stored;
    }

    private static int stoppedAfterMillis(String output) {
        String after = output.substring(output.indexOf("stopped after ") + "stopped after ".length());
        return Integer.parseInt(after.substring(0, after.indexOf(' ')));
    }

    private static int publishUntilRefused(BlipClient client) throws IOException {
        int stored = 0;
        while (true) {
            for (int i = 0; i < BATCH; i++) {
                client.publish("demo", MESSAGE, 1);
            }
            try {
                client.ping();
                stored += BATCH;
            } catch (PublishRefusedException e) {
                return stored + BATCH - (int) e.refusedCount();
            }
        }
    }

    private static void acknowledge(BlipClient client, long subscription) throws IOException {
        int left = ACKNOWLEDGED;
        while (left > 0) {
            List<Delivery> deliveries = client.poll(subscription, Math.min(BATCH, left));
            assertThat(deliveries).isNotEmpty();
            for (Delivery delivery : deliveries) {
                client.ack(subscription, delivery.deliveryTag());
            }
            client.ping();
            left -= deliveries.size();
        }
    }

    /** All are unsettled at once, which one subscription may only have where there is memory. */
    private int deliveredAfterwards() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup().jvmOptions("-Xmx512m"));
                BlipClient client = daemon.connect()) {
            assertThat(daemon.output()).contains("the log ended cleanly");
            long subscription = client.subscribe("demo", 1);
            int delivered = 0;
            for (List<Delivery> some = client.poll(subscription, BATCH);
                    !some.isEmpty();
                    some = client.poll(subscription, BATCH)) {
                delivered += some.size();
            }
            return delivered;
        }
    }
}
