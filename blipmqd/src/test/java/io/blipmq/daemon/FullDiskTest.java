package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.blipmq.daemon.v1.BlipClient;
import io.blipmq.daemon.v1.Delivery;
import io.blipmq.daemon.v1.PublishRefusedException;
import io.blipmq.daemon.v1.RequestRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk without room: what is refused, what goes on, and that it mends itself. */
@Timeout(180)
class FullDiskTest {
    /** The first segment fits, the second one does not. */
    private static final String SMALL = "24m";

    private static final String LARGE = "128m";
    private static final int MESSAGE_BYTES = 1024;
    private static final int BATCH = 100;
    private static final int REFUSED = 50_000;
    private static final long RESIDENT_GROWTH_MAX = 32L << 20;

    @TempDir
    Path directory;

    private DaemonSetup setup() {
        return DaemonSetup.in(directory)
                .with("ack_timeout_ms", 3_600_000)
                .with("max_in_flight", 1 << 20)
                .with("shutdown_drain_ms", 0);
    }

    @Test
    void aFullDiskRefusesDurablePublishesUntilThereIsRoom() throws Exception {
        try (Tmpfs disk = Tmpfs.mount(setup().logDirectory(), SMALL)) {
            int stored;
            try (DaemonProcess daemon = DaemonProcess.startReady(setup());
                    BlipClient client = daemon.connect()) {
                long subscription = client.subscribe("demo", 1);
                stored = publishUntilRefused(client, 0);
                requireSaysFull(daemon);
                requireOthersGoOn(daemon);
                requireNothingGrows(daemon, client);

                acknowledge(client, subscription, stored / 2);
                daemon.kill9();
            }
            try (DaemonProcess daemon = DaemonProcess.startReady(setup());
                    BlipClient client = daemon.connect()) {
                long subscription = client.subscribe("demo", 1);
                List<Integer> rest = acknowledge(client, subscription, Integer.MAX_VALUE);
                // What was acknowledged just before the kill may come back.
                assertThat(rest.get(0)).isBetween(0, stored / 2);
                assertThat(rest).hasSize(stored - rest.get(0)).isSorted().last().isEqualTo(stored - 1);

                disk.resize(LARGE);
                stored = publishUntilAccepted(client, stored);
                assertThat(daemon.get("/readyz").statusCode()).isEqualTo(200);
                assertThat(daemon.scrape().value("blipmq_wal_disk_full")).isZero();
                assertThat(acknowledge(client, subscription, Integer.MAX_VALUE)).containsExactly(stored - 1);
                client.ping();
                daemon.stop();
            }
            requireNothingIsLeft();
        }
    }

    /** @return how many were stored, numbered from {@code first} on */
    private static int publishUntilRefused(BlipClient client, int first) throws IOException {
        int next = first;
        while (true) {
            for (int i = 0; i < BATCH; i++) {
                client.publish("demo", message(next + i), 1);
            }
            try {
                client.ping();
                next += BATCH;
            } catch (PublishRefusedException e) {
                assertThat(e.refusals().get(0).code()).isEqualTo(500);
                assertThat(e.refusals().get(0).text()).isEqualTo("durable publish failed: disk full");
                assertThat(e.refusedCount()).isLessThanOrEqualTo(BATCH);
                // Equally large, so that those that were accepted are the first ones.
                return next + BATCH - (int) e.refusedCount();
            }
        }
    }

    private static byte[] message(int number) {
        byte[] message = new byte[MESSAGE_BYTES];
        byte[] text = WireClient.bytes(number + " ");
        System.arraycopy(text, 0, message, 0, text.length);
        return message;
    }

    private static void requireSaysFull(DaemonProcess daemon) throws Exception {
        assertThat(daemon.get("/readyz").statusCode()).isEqualTo(503);
        assertThat(daemon.get("/readyz").body()).contains("disk full");
        assertThat(daemon.scrape().value("blipmq_wal_disk_full")).isEqualTo(1);
        assertThat(daemon.output()).contains("no room for the next log segment");
    }

    private static void requireOthersGoOn(DaemonProcess daemon) throws IOException {
        try (BlipClient client = daemon.connect()) {
            long passing = client.subscribe("passing", 0);
            client.publish("passing", WireClient.bytes("QoS 0 goes on"), 0);
            client.ping();
            assertThat(client.poll(passing, 1)).extracting(Delivery::text).containsExactly("QoS 0 goes on");
            assertThatExceptionOfType(RequestRefusedException.class)
                    .isThrownBy(() -> subscribeManyTimes(client))
                    .withMessageContaining("disk full");
        }
    }

    /** The room that a refused message has left is enough for some, for they are small. */
    private static void subscribeManyTimes(BlipClient client) throws IOException {
        for (int i = 0; i < MESSAGE_BYTES; i++) {
            client.subscribe("another " + i, 1);
        }
    }

    private static void requireNothingGrows(DaemonProcess daemon, BlipClient client) throws Exception {
        long residentBefore = daemon.scrape().value("process_resident_memory_bytes");
        long refused = 0;
        while (refused < REFUSED) {
            for (int i = 0; i < BATCH; i++) {
                client.publish("demo", message(0), 1);
            }
            try {
                client.ping();
            } catch (PublishRefusedException e) {
                refused += e.refusedCount();
            }
        }
        assertThat(daemon.scrape().value("process_resident_memory_bytes") - residentBefore)
                .isLessThan(RESIDENT_GROWTH_MAX);
    }

    /** @return the numbers of what was delivered and acknowledged */
    private static List<Integer> acknowledge(BlipClient client, long subscription, int max) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        while (numbers.size() < max) {
            List<Delivery> deliveries = client.poll(subscription, Math.min(BATCH, max - numbers.size()));
            if (deliveries.isEmpty()) {
                break;
            }
            for (Delivery delivery : deliveries) {
                String text = delivery.text();
                numbers.add(Integer.parseInt(text.substring(0, text.indexOf(' '))));
                client.ack(subscription, delivery.deliveryTag());
            }
        }
        client.ping();
        return numbers;
    }

    /** The daemon looks for room once a second. */
    private static int publishUntilAccepted(BlipClient client, int number) throws IOException {
        while (true) {
            client.publish("demo", message(number), 1);
            try {
                client.ping();
                return number + 1;
            } catch (PublishRefusedException e) {
                // not yet
            }
        }
    }

    private void requireNothingIsLeft() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup());
                BlipClient client = daemon.connect()) {
            assertThat(daemon.output()).contains("the log ended cleanly");
            assertThat(client.poll(client.subscribe("demo", 1), 1)).isEmpty();
        }
    }

    @Test
    void aStartOnAFullDiskSaysSo() throws Exception {
        Path mountPoint = directory.resolve("disk");
        try (Tmpfs disk = Tmpfs.mount(mountPoint, "2m")) {
            DaemonSetup setup =
                    setup().with("wal_path", mountPoint.resolve("log").toString());
            disk.fill(mountPoint.resolve("filler"), 0);

            DaemonProcess daemon = DaemonProcess.run(setup);

            assertThat(daemon.exitStatus()).as(daemon.output()).isEqualTo(1);
            assertThat(daemon.output().lines().toList())
                    .last()
                    .asString()
                    .contains("no room")
                    .contains("make room");
            assertThat(daemon.output()).doesNotContain("\tat ");

            Files.delete(mountPoint.resolve("filler"));
            DaemonProcess.startReady(setup).close();
        }
    }

    /** They open the log as a start does, and so begin a segment. */
    @Test
    void aCommandOnAFullDiskSaysHowMuchItNeedsAndWorksOnceThereIsRoom() throws Exception {
        Path log = setup().logDirectory();
        try (Tmpfs disk = Tmpfs.mount(log, SMALL)) {
            long id = LogDirectory.store(setup(), 1);
            disk.fill(log.resolve("filler"), 0);
            for (String[] command : new String[][] {{"list"}, {"drop", Long.toString(id)}}) {
                assertThat(subscriptions(log, command).expect(1).errors())
                        .matches("the disk has no room for the log's next segment in " + log
                                + ", which takes \\d+ bytes at least: .*\\R");
            }

            Files.delete(log.resolve("filler"));
            assertThat(subscriptions(log, "list").expect(0).output()).contains("demo");
        }
    }

    private static OfflineRun subscriptions(Path log, String... command) {
        List<String> arguments = new ArrayList<>(List.of("subscriptions"));
        arguments.addAll(List.of(command));
        arguments.addAll(List.of("--wal-path", log.toString()));
        return OfflineRun.of(arguments.toArray(String[]::new));
    }

    /** As when a file system has no room for another file: it is not the rights that are missing. */
    @Test
    void aDirectoryThatCannotBeMadeForLackOfRoomIsSaidToBeOne() throws Exception {
        Path mountPoint = directory.resolve("disk");
        try (Tmpfs disk = Tmpfs.mount(mountPoint, "2m,nr_inodes=1")) {
            DaemonProcess daemon = DaemonProcess.run(
                    setup().with("wal_path", mountPoint.resolve("log").toString()));

            assertThat(daemon.exitStatus()).isEqualTo(1);
            assertThat(daemon.output())
                    .contains("cannot be made: No space left on device")
                    .doesNotContain("uid")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void aReadOnlyFileSystemIsSaidToBeOne() throws Exception {
        try (Tmpfs disk = Tmpfs.mount(setup().logDirectory(), SMALL)) {
            disk.resize(SMALL + ",ro");
            DaemonProcess daemon = DaemonProcess.run(setup());

            assertThat(daemon.exitStatus()).isEqualTo(1);
            assertThat(daemon.output())
                    .contains("mounted read-only")
                    .doesNotContain("uid")
                    .doesNotContain("\tat ");
        }
    }
}
