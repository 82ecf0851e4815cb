package io.blipmq.net.blip2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.Attach;
import io.blipmq.net.PushClient;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.entry.PropertiesBuilder;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.SettleLayout;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Credit in bytes, beside that in messages. */
class ByteCreditTest {
    private static final long UNLIMITED = AttachLayout.UNLIMITED_CREDIT;

    private TestServer server;
    private PushClient client;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
        client = server.connectPushReady();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Attach attach(int qos) {
        Attach attach = Attach.to("t").credit(UNLIMITED);
        return qos == 0 ? attach.qos0() : attach;
    }

    private void publish(int qos, long first, String... bodies) {
        client.publishFlagged(qos | 2, first, "t", bodies);
        client.expectConfirms(first, bodies.length, 1);
    }

    /** The last delivery may go beyond the credit; what follows pays for that first. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aDeliveryGoesOutWhileBothCreditsAreAboveZero(int qos) {
        long id = client.attached(1, attach(qos).creditBytes(10));
        publish(qos, 1, "12345678", "abcdefgh", "ABCDEFGH");
        client.expectDelivery(id, qos, 1, "12345678");
        client.expectDelivery(id, qos, 1, "abcdefgh");
        client.expectNoDelivery();
        client.credit(id, 0, 6);
        client.expectNoDelivery();
        client.credit(id, 0, 1);
        client.expectDelivery(id, qos, 1, "ABCDEFGH");
        publish(qos, 4, "more");
        client.credit(id, 0, 7).expectNoDelivery();
        client.credit(id, 0, UNLIMITED);
        client.expectDelivery(id, qos, 1, "more");
        publish(qos, 5, "a", "b", "c");
        for (String body : new String[] {"a", "b", "c"}) {
            client.expectDelivery(id, qos, 1, body);
        }
    }

    /** A message that comes when its only reader has had all others goes straight to it. */
    @Test
    void whatGoesStraightToItsReaderCostsBytes() {
        long id = client.attached(1, attach(0).creditBytes(10));
        for (int i = 1; i <= 3; i++) {
            publish(0, i, "12345");
        }
        client.expectDelivery(id, 0, 1, "12345");
        client.expectDelivery(id, 0, 1, "12345");
        client.expectNoDelivery();
        client.credit(id, 0, 5);
        client.expectDelivery(id, 0, 1, "12345");
        publish(0, 4, "large, much larger than what is left");
        client.expectNoDelivery();
        client.credit(id, 0, 100);
        client.expectDelivery(id, 0, 1, "large, much larger than what is left");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void creditInMessagesIsEnoughForWhatHasNoBytes(int qos) {
        long id = client.attached(1, attach(qos).creditBytes(1));
        publish(qos, 1, "", "", "x", "y");
        client.expectDelivery(id, qos, 1, "");
        client.expectDelivery(id, qos, 1, "");
        client.expectDelivery(id, qos, 1, "x");
        client.expectNoDelivery();
    }

    @Test
    void withoutCreditInBytesNothingComes() {
        long id = client.attached(1, attach(1).creditBytes(0));
        publish(1, 1, "a");
        client.credit(id, 10).expectNoDelivery();
        client.credit(id, 0, 1);
        client.expectDelivery(id, 1, 1, "a");
    }

    @Test
    void propertiesCostBytes() {
        long id = client.attached(1, attach(1).creditBytes(9));
        PropertiesBuilder header = new PropertiesBuilder().header("k", "v"); // 3 + 1 + 1 + 1 bytes
        client.publish(1, "t", header, "abc").expectConfirm(1, 1, 1);
        publish(1, 2, "next");
        assertThat(client.delivery().body()).isEqualTo("abc");
        client.expectNoDelivery();
        client.credit(id, 0, 1);
        assertThat(client.delivery().body()).isEqualTo("next");
    }

    @Test
    void settlingGivesTheDeliverysBytesBack() {
        long id = client.attached(1, Attach.to("t").credit(1).creditBytes(6).creditOnSettle());
        publish(1, 1, "123456", "abcdef", "ABCDEF");
        long first = client.expectDelivery(id, 1, 1, "123456");
        client.expectNoDelivery();
        client.settle(2, id, SettleLayout.EXTEND, 0, 1000, "", first).expectNoDelivery();
        client.ack(3, id, first);
        long second = client.expectDelivery(id, 1, 1, "abcdef");
        client.settle(4, id, SettleLayout.NACK, 0, 0, "", second);
        client.expectDelivery(id, 1, 2, "abcdef");
        client.expectNoDelivery();
    }
}
