package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.daemon.v1.BlipClient;
import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that misbehave lose their connection at most; another client notices nothing, and memory stays bounded. */
@Timeout(180)
class AbuseTest {
    private static final int STRANGERS = 1000;
    private static final long MIB = 1 << 20;
    /** Of the daemons here: 80 MiB of heap, 128 MiB of direct buffers, and the JVM itself. */
    private static final long RESIDENT_BYTES_MAX = 400 * MIB;

    private static final long DIRECT_BYTES_MAX = 128 * MIB;

    @TempDir
    Path directory;

    private DaemonProcess daemon;
    private Bystander bystander;

    @BeforeEach
    void start() throws Exception {
        daemon = DaemonProcess.startReady(
                DaemonSetup.in(directory).with("fsync_policy", "none").with("ack_timeout_ms", 3_600_000));
        bystander = new Bystander(daemon);
    }

    @AfterEach
    void everythingIsStillFine() throws Exception {
        try (DaemonProcess ending = daemon;
                Bystander last = bystander) {
            last.exchange(100);
            Scrape scrape = ending.scrape();
            assertThat(scrape.value("process_resident_memory_bytes")).isLessThan(RESIDENT_BYTES_MAX);
            assertThat(scrape.value("jvm_buffer_pool_used_bytes{pool=\"direct\"}"))
                    .isLessThanOrEqualTo(DIRECT_BYTES_MAX);
            ending.stop();
            assertThat(ending.output()).doesNotContain("ERROR").contains("log sealed");
            assertThat(ending.errors()).isEmpty();
        }
    }

    @Test
    void whoTriesKeysIsNamedInTheLogAndTheKeysAreNot() throws Exception {
        try (WireClient guesser = daemon.connectWire().hello(1)) {
            guesser.receive(FrameType.ACK, 1);
            for (int id = 2; id <= 4; id++) {
                guesser.auth(id, "guess").expectNack(id, 401, "invalid API key");
            }
            guesser.expectClosed();

            String closed =
                    daemon.awaitLine("Closed the connection from " + guesser.address() + ": too many wrong API keys");
            assertThat(closed).contains(" WARN ");
            assertThat(daemon.output().lines())
                    .filteredOn(line -> line.endsWith("Wrong API key from " + guesser.address()))
                    .hasSize(3);
            assertThat(daemon.output()).doesNotContain("guess");
        }
    }

    @Test
    void connectionsThatNeverAuthenticateAreClosedWhileOthersGoOn() throws Exception {
        List<WireClient> strangers = new ArrayList<>();
        for (int i = 0; i < STRANGERS; i++) {
            strangers.add(stranger(i));
            if (i % 100 == 0) {
                bystander.exchange(10);
            }
        }
        bystander.exchange(10); // whoever had connected before has been accepted then
        assertThat(daemon.scrape().value("blipmq_connections")).isEqualTo(STRANGERS + 1);

        for (WireClient stranger : strangers) {
            stranger.expectEnd();
            stranger.close();
        }
        bystander.exchange(10);

        Scrape scrape = daemon.scrape();
        assertThat(scrape.value("blipmq_connections")).isEqualTo(1);
        assertThat(scrape.value("blipmq_connections_accepted_total")).isEqualTo(STRANGERS + 1);
        assertThat(scrape.value("blipmq_connections_timed_out_total{reason=\"handshake\"}"))
                .isEqualTo(STRANGERS);
        assertThat(daemon.output().lines().filter(line -> line.contains("no handshake within 10 seconds")))
                .as("lines, of which a burst is cut")
                .hasSizeBetween(1, 20);
    }

    /** One says nothing, one begins to, and one says hello. */
    private WireClient stranger(int number) throws IOException {
        WireClient stranger = daemon.connectWire();
        return switch (number % 3) {
            case 0 -> stranger;
            case 1 -> stranger.sendHex("0000000b 01 00");
            default -> stranger.hello(1);
        };
    }

    @Test
    void aClientThatReadsNothingIsNotSentMoreThanItsShare() throws Exception {
        try (WireClient deaf = daemon.connectWire().shakeHands(DaemonSetup.KEY)) {
            long durable = deaf.subscribe(3, "flood", 1);
            long passing = deaf.subscribe(4, "flood", 0);
            for (int round = 0; round < 10; round++) {
                publishFlood();
                for (int i = 0; i < 50; i++) {
                    deaf.poll(i, durable);
                    deaf.poll(i, passing);
                }
                bystander.exchange(10);
            }
            assertThat(daemon.scrape().value("blipmq_network_sent_bytes_total")).isLessThan(64 * MIB);
        }
    }

    /** Ten MiB for each subscription. */
    private void publishFlood() throws IOException {
        try (BlipClient publisher = daemon.connect()) {
            byte[] message = new byte[256 * 1024];
            for (int i = 0; i < 40; i++) {
                publisher.publish("flood", message, 1);
            }
            publisher.ping();
        }
    }

    @Test
    void aClientThatSendsOneByteAtATimeIsServed() throws Exception {
        ByteBuffer frames = ByteBuffer.allocate(1024);
        FrameEncoder.hello(frames, 1, FrameLayout.PROTOCOL_VERSION);
        FrameEncoder.auth(frames, 2, WireClient.bytes(DaemonSetup.KEY));
        FrameEncoder.publish(frames, 3, 1, WireClient.bytes("$no"), WireClient.bytes("x"));
        FrameEncoder.ping(frames, 4);
        try (WireClient slow = daemon.connectWire()) {
            for (int i = 0; i < frames.position(); i++) {
                slow.send(new byte[] {frames.get(i)}, 1);
                bystander.exchange(1);
            }
            slow.receive();
            slow.receive();
            slow.expectNack(3, 400, "topic names that begin with '$' are reserved");
            slow.expectPong(4);
        }
    }

    @Test
    void unfinishedFramesOfManyClientsDoNotAddUp() throws Exception {
        byte[] part = new byte[256 * 1024];
        List<WireClient> clients = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            WireClient client = daemon.connectWire().shakeHands(DaemonSetup.KEY);
            clients.add(client);
            client.sendHex("01000000 03 0000000000000001 01 0001 78").send(part, part.length);
            bystander.exchange(1);
        }
        for (WireClient client : clients) {
            client.close();
        }
    }

    @Test
    void garbageCostsItsSenderTheConnection() throws Exception {
        Random random = new Random(42);
        for (int i = 0; i < 100; i++) {
            byte[] bytes = new byte[20 + random.nextInt(5000)];
            random.nextBytes(bytes);
            bytes[0] = (byte) 0xff; // no length that a frame has
            try (WireClient client = daemon.connectWire()) {
                client.send(bytes, bytes.length);
                client.expectClosed();
            }
        }
        try (WireClient browser = daemon.connectWire()) {
            byte[] request = WireClient.bytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            browser.send(request, request.length);
            browser.expectClosed();
        }
        assertThat(daemon.scrape().value("blipmq_protocol_errors_total")).isEqualTo(101);
    }

    @Test
    void aFrameBeyondTheLimitsClosesTheConnection() throws Exception {
        try (WireClient known = daemon.connectWire().shakeHands(DaemonSetup.KEY)) {
            known.sendHex("01000001 03 0000000000000001 00");
            known.expectClosed();
        }
        try (WireClient stranger = daemon.connectWire()) {
            stranger.sendHex("00010001 02 0000000000000001 00");
            stranger.expectClosed();
        }
        try (WireClient known = daemon.connectWire().shakeHands(DaemonSetup.KEY)) {
            known.sendHex("00000008 06 00000000000000");
            known.expectClosed();
        }
    }

    @Test
    void theLargestMessageThatAFrameCarriesIsDelivered() throws Exception {
        try (BlipClient client = daemon.connect()) {
            long subscription = client.subscribe("large", 1);
            byte[] message = new byte[BlipClient.payloadBytesMax("large")];
            new Random(1).nextBytes(message);
            for (int round = 0; round < 4; round++) {
                client.publish("large", message, 1);
                client.ping();
                assertThat(client.poll(subscription).orElseThrow().payload()).isEqualTo(message);
                bystander.exchange(10);
            }
        }
    }

    @Test
    void whatIsNotUtf8IsRefusedAndTheConnectionGoesOn() throws Exception {
        try (WireClient client = daemon.connectWire()) {
            client.hello(1).receive();
            client.sendHex("0000000d 02 0000000000000002 0002 c328");
            client.expectNack(2, 400, "invalid AUTH payload");
            client.auth(3, DaemonSetup.KEY).receive();
            client.sendHex("0000000f 03 0000000000000004 01 0002 c328 78");
            client.expectNack(4, 400, "invalid PUBLISH payload");
            client.sendHex("0000000e 04 0000000000000005 0002 c328 01");
            client.expectNack(5, 400, "invalid SUBSCRIBE payload");
            client.ping(6).expectPong(6);
        }
    }
}
