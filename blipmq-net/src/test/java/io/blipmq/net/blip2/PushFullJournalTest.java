package io.blipmq.net.blip2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.BrokerOptions;
import io.blipmq.net.Attach;
import io.blipmq.net.PushClient;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.SettleLayout;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A settlement that a full disk leaves no place for waits, and what follows it on its connection. */
class PushFullJournalTest {
    private static final int WAITING_MAX = BrokerOptions.defaults().inFlightMax();

    private TestServer server;
    private PushClient client;
    private long subscription;
    private long tag;

    /** As many settlements wait as may, and the client has one more delivery. */
    @BeforeEach
    void fill() throws IOException {
        server = TestServer.start();
        client = server.connectPushReady();
        subscription = client.attached(1, Attach.to("one").credit(1).ackTimeoutMillis(600_000));
        client.publish(1, "one", "m");
        client.expectConfirm(1, 1, 1);
        tag = client.expectDeliveries(subscription, "m")[0];
        PushClient other = server.connectPushReady();
        long many = other.attached(
                1, Attach.to("many").credit(AttachLayout.UNLIMITED_CREDIT).ackTimeoutMillis(600_000));
        String[] bodies = new String[WAITING_MAX];
        Arrays.fill(bodies, "m");
        other.publish(1, "many", bodies);
        other.expectConfirm(1, WAITING_MAX, 1);
        long last = other.expectDeliveries(many, bodies)[WAITING_MAX - 1];
        server.journal.full(true);
        other.settle(2, many, SettleLayout.ACK, SettleLayout.UP_TO_FLAG | SettleLayout.ANSWER_FLAG, 0, "", last);
        other.expectSettled(2, WAITING_MAX);
        assertThat(server.broker.waitingAcknowledgementCount()).isEqualTo(WAITING_MAX);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void itIsTakenWhenThereIsRoom() {
        client.settle(2, subscription, SettleLayout.ACK, SettleLayout.ANSWER_FLAG, 0, "", tag)
                .ping(3);
        client.expectSilence();
        assertThat(server.broker.inflightMessageCount()).isEqualTo(1);
        server.journal.full(false);
        client.expectSettled(2, 1);
        client.expectPong(3);
        assertThat(server.broker.inflightMessageCount()).isZero();
    }
}
