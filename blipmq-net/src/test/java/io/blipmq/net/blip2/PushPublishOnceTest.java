package io.blipmq.net.blip2;

import io.blipmq.net.Attach;
import io.blipmq.net.PushClient;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.entry.PropertiesBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages with publish ids, over a socket. */
class PushPublishOnceTest {
    private static final String DUPLICATE = "duplicate";

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

    private static PropertiesBuilder id(String id) {
        return new PropertiesBuilder().publishId(id.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aDuplicateIsConfirmedAsOneAndNotDelivered() {
        long subscription = client.attached(1, Attach.to("t").named("n").credit(100));
        client.publish(5, "t", id("1"), "first");
        client.expectConfirm(5, 1, 1);
        client.publish(6, "t", id("1"), "second");
        client.expectConfirm(6, 1, 0, 1, DUPLICATE);
        client.publish(7, "t", id("2"), "third");
        client.expectConfirm(7, 1, 1);
        client.expectDeliveries(subscription, "first", "third");
        client.expectNoDelivery();
    }

    @Test
    void confirmsSayWhichAreDuplicates() {
        client.attached(1, Attach.to("t").named("n"));
        client.publish(5, "t", id("1"), "m");
        client.expectConfirm(5, 1, 0, 1, "");
        client.publish(6, "t", id("1"), "m");
        client.expectConfirm(6, 1, 0, 1, DUPLICATE);
        client.publish(7, "t", id("2"), "m");
        client.expectConfirm(7, 1, 0, 1, "");
    }

    @Test
    void duplicatesInABatchHaveARunOfTheirOwn() {
        client.attached(1, Attach.to("t").named("n"));
        client.publishEach(5, "t", List.of(id("1"), id("1"), id("1"), id("2"), new PropertiesBuilder(), id("2")), "m");
        client.expectRuns(5, "1 0 1 ", "2 0 1 duplicate", "2 0 1 ", "1 0 1 duplicate");
    }

    /** The longest batch of runs is answered in several turns, and in order. */
    @Test
    void aBatchOfManyRunsIsTakenInParts() {
        client.attached(1, Attach.to("t").named("n"));
        int count = 20_000;
        List<PropertiesBuilder> each = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            each.add(id("" + i / 2));
        }
        client.publishEach(5, "t", each, "m");
        String[] runs = new String[count];
        for (int i = 0; i < count; i++) {
            runs[i] = i % 2 == 0 ? "1 0 1 " : "1 0 1 duplicate";
        }
        client.expectRuns(5, runs);
    }

    @Test
    void aDuplicateIsConfirmedWhenTheFirstMessageIsStored() throws IOException {
        client.attached(1, Attach.to("t").named("n"));
        PushClient again = server.connectPushReady();
        server.journal.hold();
        client.publish(5, "t", id("1"), "m");
        client.expectSilence();
        again.publish(9, "t", id("1"), "m");
        again.expectSilence();
        server.journal.release();
        client.expectConfirm(5, 1, 0, 1, "");
        again.expectConfirm(9, 1, 0, 1, DUPLICATE);
    }
}
