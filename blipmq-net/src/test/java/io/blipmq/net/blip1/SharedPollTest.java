package io.blipmq.net.blip1;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.Attach;
import io.blipmq.net.PushClient;
import io.blipmq.net.TestClient;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.Nack;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections of version 1 that poll one subscription. */
class SharedPollTest {
    private TestServer server;
    private TestClient ann;
    private TestClient ben;
    private long subscription;

    private void start(TestServer newServer) throws IOException {
        server = newServer;
        ann = server.connectReady();
        ben = server.connectReady();
        subscription = ann.subscribe(1, "t", 1).receiveAck(1);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void eachMessageGoesToOneOfThemAndAnyAcknowledges() throws IOException {
        start(TestServer.start());
        ann.publish(2, 1, "t", "a").publish(3, 1, "t", "b").poll(4, subscription);
        long first = ann.expectMessage(1, "t", "a");
        ben.poll(1, subscription);
        long second = ben.expectMessage(1, "t", "b");
        ann.ack(second, subscription)
                .ack(first, subscription)
                .poll(5, subscription)
                .expectNothingMore();
        ben.poll(2, subscription).expectNothingMore();
    }

    @Test
    void whatALostConnectionHadInHandIsThereForTheOthersAtOnce() throws IOException {
        start(TestServer.start());
        ann.publish(2, 1, "t", "a").publish(3, 1, "t", "b").poll(4, subscription);
        long first = ann.expectMessage(1, "t", "a");
        ben.poll(1, subscription);
        long second = ben.expectMessage(1, "t", "b");
        ann.close();
        server.until("it is gone", () -> server.sessions(1) == 1);
        ben.poll(2, subscription).poll(3, subscription);
        assertThat(ben.expectMessage(1, "t", "a")).isEqualTo(first);
        ben.ack(first, subscription).ack(second, subscription).expectNothingMore();
    }

    @Test
    void aPollThatWouldJoinOneSubscriptionTooManyIsRefused() throws IOException {
        start(TestServer.startWithSubscriptionsPerClient(1));
        ben.subscribe(1, "u", 1).receiveAck(1);
        ben.poll(2, subscription).expectNack(2, Nack.POLL_TOO_MANY_OF_CONNECTION);
    }

    @Test
    void whoAttachesToDeadLettersAloneIsToldThatTheyArePolled() throws IOException {
        start(TestServer.start());
        ann.subscribe(2, "$dead-letter/t", 1);
        long letters = ann.receiveAck(2);
        PushClient pushed = server.connectPushReady();
        pushed.attach(1, Attach.to("$dead-letter/t"));
        assertThat(pushed.receive(FrameType.NACK, 1).payload().getShort(0)).isEqualTo((short) 409);
        pushed.attach(2, Attach.to("$dead-letter/t").group("any"));
        assertThat(pushed.expectAttached(2, true, 0)).isEqualTo(letters);
    }
}
