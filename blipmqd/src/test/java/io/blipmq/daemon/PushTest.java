package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.DeliverLayout;
import io.blipmq.protocol.v2.HandshakeLayout;
import io.blipmq.protocol.v2.PublishLayout;
import io.blipmq.protocol.v2.Welcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Protocol version 2 with a real daemon: what it says of itself, what survives it, and how it ends. */
@Timeout(120)
class PushTest {
    @TempDir
    Path directory;

    @Test
    void theDaemonSaysWhatItIsAndCountsItsSessions() throws Exception {
        DaemonSetup setup =
                DaemonSetup.in(directory).with("fsync_policy", "every_n:64").with("ack_timeout_ms", 7_000);
        try (DaemonProcess daemon = DaemonProcess.startReady(setup);
                WireClient client = daemon.connectWire();
                WireClient old = daemon.connectWire().shakeHands(DaemonSetup.KEY)) {
            Welcome welcome = client.shakeHandsForPush(DaemonSetup.KEY);
            assertThat(welcome.server()).matches("blipmqd/\\S+");
            assertThat(welcome.fsyncPolicy()).isEqualTo("every_n:64");
            assertThat(welcome.times().ackMillis()).isEqualTo(7_000);
            old.ping(1).expectPong(1);
            Scrape scrape = daemon.scrape();
            assertThat(scrape.value("blipmq_sessions{version=\"1\"}")).isEqualTo(1);
            assertThat(scrape.value("blipmq_sessions{version=\"2\"}")).isEqualTo(1);
            assertThat(scrape.value("blipmq_frames_received_total{version=\"2\"}"))
                    .isEqualTo(2);
        }
    }

    @Test
    void aNamedSubscriptionAndWhatWasConfirmedSurviveAKill() throws Exception {
        DaemonSetup setup = DaemonSetup.in(directory);
        long subscription;
        try (DaemonProcess daemon = DaemonProcess.startReady(setup);
                WireClient client = daemon.connectWire()) {
            client.shakeHandsForPush(DaemonSetup.KEY);
            subscription = attach(client, 0);
            client.publishConfirmed(1, "t", "message");
            expectStored(client, 1, subscription);
            daemon.kill9();
        }
        try (DaemonProcess daemon = DaemonProcess.startReady(setup);
                WireClient client = daemon.connectWire()) {
            client.shakeHandsForPush(DaemonSetup.KEY);
            assertThat(attach(client, 1)).isEqualTo(subscription);
            assertThat(body(client.receive(FrameType.DELIVER, subscription))).isEqualTo("message");
        }
    }

    @Test
    void goAwayComesBeforeRefusalsAndWhatIsHeldCanBeSettled() throws Exception {
        DaemonSetup setup =
                DaemonSetup.in(directory).with("shutdown_drain_ms", 600_000).with("ack_timeout_ms", 3_600_000);
        try (DaemonProcess daemon = DaemonProcess.startReady(setup);
                WireClient client = daemon.connectWire()) {
            client.shakeHandsForPush(DaemonSetup.KEY);
            long subscription = attach(client, 0);
            client.publishConfirmed(1, "t", "message");
            long tag = expectStored(client, 1, subscription);
            daemon.terminate();
            ByteBuffer goAway = client.receive(FrameType.GOAWAY, 0);
            assertThat(HandshakeLayout.goAwayCode(goAway, 0)).isEqualTo(503);
            assertThat(HandshakeLayout.goAwayMillis(goAway, 0)).isEqualTo(600_000);
            client.publishConfirmed(2, "t", "too late");
            ByteBuffer confirm = client.receive(FrameType.CONFIRM, 2);
            assertThat(PublishLayout.runCode(confirm, 0)).isEqualTo(503);
            client.acknowledge(3, subscription, tag);
            assertThat(daemon.awaitExit()).isZero();
            client.expectClosed();
            assertThat(daemon.output()).contains("1 published, 1 delivered, 1 acknowledged, 0 in flight, log sealed");
        }
    }

    /** @return the subscription's id */
    private static long attach(WireClient client, int existed) throws IOException {
        ByteBuffer attached = client.attach(3, "t", "name").receive(FrameType.ATTACHED, 3);
        assertThat(attached.get(AttachLayout.ATTACHED_FLAGS_OFFSET)).isEqualTo((byte) existed);
        return AttachLayout.subscriptionId(attached, 0);
    }

    /** A CONFIRM and a DELIVER, in either order. @return the delivery's tag */
    private static long expectStored(WireClient client, long number, long subscription) throws IOException {
        long tag = 0;
        for (int i = 0; i < 2; i++) {
            WireClient.Frame frame = client.receive();
            ByteBuffer payload = ByteBuffer.wrap(frame.payload());
            if (frame.type() == FrameType.CONFIRM) {
                assertThat(frame.correlationId()).isEqualTo(number);
                assertThat(PublishLayout.runCode(payload, 0)).isZero();
                assertThat(PublishLayout.runSubscriptions(payload, 0)).isEqualTo(1);
            } else {
                assertThat(frame.correlationId()).isEqualTo(subscription);
                tag = DeliverLayout.tag(payload, DeliverLayout.DELIVERIES_OFFSET);
            }
        }
        return tag;
    }

    private static String body(ByteBuffer deliver) {
        int entry = DeliverLayout.DELIVERIES_OFFSET + DeliverLayout.DELIVERY_HEADER_BYTES;
        byte[] body = new byte[EntryLayout.bodyLength(deliver, entry)];
        deliver.get(EntryLayout.bodyOffset(deliver, entry), body);
        return new String(body, StandardCharsets.UTF_8);
    }
}
