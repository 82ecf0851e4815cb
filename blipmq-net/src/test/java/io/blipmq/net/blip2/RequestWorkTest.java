package io.blipmq.net.blip2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.Attach;
import io.blipmq.net.NetLimits;
import io.blipmq.net.PushClient;
import io.blipmq.net.TestClient;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.v2.RequestEncoder;
import io.blipmq.protocol.v2.SettleLayout;
import io.blipmq.protocol.v2.V2Nack;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one connection asks for holds up the others for a bounded time, however small the frames are that ask for it. */
class RequestWorkTest {
    private static final int UNSETTLED = 4_000;
    private static final int REQUESTS = 500;
    /** With room for the request that reaches the limit. */
    private static final int PER_TURN_MAX = NetLimits.defaults().workPerTurnMax() / UNSETTLED + 1;

    private TestServer server;

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static String[] numbered(int count) {
        return IntStream.range(0, count).mapToObj(i -> "m" + i).toArray(String[]::new);
    }

    /** @return a request for each correlation id from 1 on that gives all deliveries of a subscription more time */
    private static ByteBuffer extendAll(long subscription, long last) {
        ByteBuffer requests = ByteBuffer.allocate(REQUESTS * 64);
        int flags = SettleLayout.UP_TO_FLAG | SettleLayout.ANSWER_FLAG;
        for (int i = 1; i <= REQUESTS; i++) {
            RequestEncoder.settle(
                    requests,
                    i,
                    subscription,
                    SettleLayout.EXTEND,
                    flags,
                    60_000,
                    new byte[0],
                    new long[] {last},
                    new int[1],
                    1);
        }
        return requests.flip();
    }

    @Test
    void aTurnHandlesABoundedPartOfWhatIsPipelinedAndTheNextOneGoesOn() throws IOException {
        server = TestServer.start();
        PushClient costly = server.connectPushReady();
        long subscription = costly.attached(1, Attach.to("t").named("jobs").credit(UNSETTLED));
        costly.publish(1, "t", numbered(UNSETTLED)).expectConfirms(1, UNSETTLED, 1);
        long[] tags = costly.expectDeliveries(subscription, numbered(UNSETTLED));
        server.untilQuiet();
        ByteBuffer requests = extendAll(subscription, tags[UNSETTLED - 1]);
        long before = server.framesIn(2);
        while (requests.hasRemaining()) {
            costly.sendSome(requests);
        }
        long mostInATurn = 0;
        for (long handled = 0; handled < REQUESTS; ) {
            server.loop.awaitWork(1_000_000_000L);
            server.turn();
            long now = server.framesIn(2) - before;
            mostInATurn = Math.max(mostInATurn, now - handled);
            handled = now;
        }
        assertThat(mostInATurn).isBetween(1L, (long) PER_TURN_MAX).isLessThan(REQUESTS / 10);
        for (int i = 1; i <= REQUESTS; i++) {
            costly.expectSettled(i, UNSETTLED);
        }
    }

    @Test
    void othersAreAnsweredBetween() throws IOException {
        server = TestServer.start();
        PushClient costly = server.connectPushReady();
        PushClient other = server.connectPushReady();
        long subscription = costly.attached(1, Attach.to("t").named("jobs").credit(UNSETTLED));
        costly.publish(1, "t", numbered(UNSETTLED)).expectConfirms(1, UNSETTLED, 1);
        long[] tags = costly.expectDeliveries(subscription, numbered(UNSETTLED));
        ByteBuffer requests = extendAll(subscription, tags[UNSETTLED - 1]);
        long before = server.framesIn(2);
        while (requests.hasRemaining()) {
            costly.sendSome(requests);
        }
        other.ping(7).expectPong(7);
        assertThat(server.framesIn(2) - before)
                .as("requests handled when the PONG is there")
                .isLessThan(REQUESTS);
        costly.close(); // what it has sent is handled all the same
        server.until("all are handled", () -> server.framesIn(2) - before == REQUESTS + 1);
    }

    @Test
    void aConnectionHasABoundedNumberOfSubscriptions() throws IOException {
        server = TestServer.startWithSubscriptionsPerClient(2);
        PushClient pushed = server.connectPushReady();
        pushed.attached(1, Attach.to("t").qos0());
        pushed.attach(2, Attach.to("t").named("a")).attach(3, Attach.to("t").named("b"));
        pushed.expectAttached(2, false, 0);
        pushed.expectNack(3, V2Nack.TOO_MANY_OF_CONNECTION);
        assertThat(V2Nack.TOO_MANY_OF_CONNECTION.code()).isEqualTo(429);
        assertThat(V2Nack.TOO_MANY_OF_CONNECTION.text()).contains("max_subscriptions_per_connection");

        TestClient before = server.connectReady();
        long detached = before.subscribe(1, "old", 1).receiveAck(1);
        before.close();
        server.untilQuiet();
        TestClient polled = server.connectReady();
        polled.subscribe(1, "t", 0).receiveAck(1);
        polled.subscribe(2, "t", 1).receiveAck(2);
        polled.subscribe(3, "t", 0).expectNack(3, Nack.SUBSCRIBE_TOO_MANY_OF_CONNECTION);
        polled.subscribe(4, "old", 1).expectNack(4, Nack.SUBSCRIBE_TOO_MANY_OF_CONNECTION);
        polled.poll(5, detached).expectNack(5, Nack.POLL_TOO_MANY_OF_CONNECTION);
        polled.poll(6, 4711).expectNothingMore();
    }
}
