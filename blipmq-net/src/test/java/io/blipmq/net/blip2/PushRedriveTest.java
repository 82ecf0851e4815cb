package io.blipmq.net.blip2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.Attach;
import io.blipmq.net.PushClient;
import io.blipmq.net.Pushed;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.entry.PropertiesBuilder;
import io.blipmq.protocol.v2.LettersDone;
import io.blipmq.protocol.v2.LettersRequest;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.SettleLayout;
import io.blipmq.protocol.v2.V2Nack;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which dead letters a request is about, where they go, and what it says of those that stay. */
class PushRedriveTest {
    private TestServer server;
    private PushClient client;
    private long letters;
    private long subscription;
    private long number;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
        client = server.connectPushReady();
        letters = client.attached(1, Attach.to("$dead-letter/t"));
        subscription = client.attached(2, Attach.to("t").named("failing").credit(1_000));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    /** @return the tags of the letters */
    private void reject(String... bodies) {
        client.publish(++number, "t", bodies).expectConfirm(number, bodies.length, 1);
        number += bodies.length;
        rejectNext(bodies.length);
    }

    private void rejectNext(int count) {
        for (int i = 0; i < count; i++) {
            Pushed delivery = client.delivery();
            client.settle(3, subscription, SettleLayout.REJECT, 0, 0, "bad", delivery.tag());
        }
        client.ping(4).expectPong(4);
    }

    private LettersDone redrive(long count, LettersRequest which) {
        return client.deadLetters(5, ListLayout.REDRIVE, letters, count, which).receiveLettersDone(5);
    }

    /** What comes back as a letter while it is redriven is not redriven again, however fast that is. */
    @Test
    void aRedriveEndsAlthoughEverythingFailsAgainAtOnce() {
        reject("a", "b", "c", "d", "e");
        LettersDone done = redrive(2, LettersRequest.ALL);
        List<Long> counts = new ArrayList<>(List.of(done.count()));
        rejectNext(2);
        while (done.next() != 0) {
            done = redrive(2, new LettersRequest(0, done.next(), done.through(), 0, 0));
            counts.add(done.count());
            rejectNext((int) done.count());
        }
        assertThat(counts).containsExactly(2L, 2L, 1L);
        LettersDone all = redrive(100, LettersRequest.ALL);
        assertThat(all.count()).isEqualTo(5);
        assertThat(all.next()).isZero();
    }

    @Test
    void whenAsManyWereAskedForAsThereAreThatWasAll() {
        reject("a", "b");
        LettersDone done = redrive(2, LettersRequest.ALL);
        assertThat(done.count()).isEqualTo(2);
        assertThat(done.next()).isZero();
        assertThat(redrive(2, new LettersRequest(0, 0, done.through(), 0, 0)))
                .isEqualTo(new LettersDone(0, 0, done.through(), 0, 0));
    }

    @Test
    void lettersOfOneOriginOnly() throws IOException {
        PushClient other = server.connectPushReady();
        long second = other.attached(1, Attach.to("t").credit(10));
        client.publish(1, "t", "m").expectConfirm(1, 1, 2);
        rejectNext(1);
        other.settle(
                        2,
                        second,
                        SettleLayout.REJECT,
                        0,
                        0,
                        "worse",
                        other.delivery().tag())
                .ping(3)
                .expectPong(3);
        server.untilQuiet();
        LettersRequest ofSecond = new LettersRequest(0, 0, 0, second, 0);
        LettersDone purged =
                client.deadLetters(5, ListLayout.PURGE, letters, 10, ofSecond).receiveLettersDone(5);
        assertThat(purged.count()).isEqualTo(1);
        assertThat(redrive(10, ofSecond).count()).isZero();
        assertThat(redrive(10, new LettersRequest(0, 0, 0, subscription, 0)).count())
                .isEqualTo(1);
        client.expectDelivery(subscription, 1, 1, "m");
        other.expectNoDelivery();
    }

    @Test
    void lettersWhoseSubscriptionIsGoneAreCountedAndCanGoElsewhere() {
        reject("a", "b");
        client.delete(6, subscription).expectDetached(6, subscription, 0);
        LettersDone done = redrive(10, LettersRequest.ALL);
        assertThat(done).isEqualTo(new LettersDone(0, 0, done.through(), 2, 0));
        long elsewhere = client.attached(7, Attach.to("u").named("elsewhere").credit(10));
        assertThat(redrive(10, new LettersRequest(0, 0, 0, 0, elsewhere)).count())
                .isEqualTo(2);
        client.expectDeliveries(elsewhere, "a", "b");
        assertThat(redrive(10, LettersRequest.ALL).count()).isZero();
    }

    @Test
    void theTargetIsADurableSubscriptionOfTheKey() throws IOException {
        reject("a");
        PushClient foreign = server.connectPushReady(TestServer.OTHER_KEY);
        long theirs = foreign.attached(1, Attach.to("t").named("theirs"));
        long passing = client.attached(6, Attach.to("t"));
        long live = client.attached(7, Attach.to("t").qos0());
        for (long target : new long[] {4711, theirs, passing, live, letters}) {
            client.deadLetters(8, ListLayout.REDRIVE, letters, 1, new LettersRequest(0, 0, 0, 0, target))
                    .expectNack(8, V2Nack.UNKNOWN_TARGET);
        }
        assertThat(redrive(1, LettersRequest.ALL).count()).isEqualTo(1);
    }

    /** Its tag is new, so that it comes behind what is due already, and before what has never been delivered. */
    @Test
    void aRedrivenMessageComesBeforeWhatHasNeverBeenDelivered() {
        client.publish(1, "t", new PropertiesBuilder().ttlMillis(60_000), "bad").expectConfirm(1, 1, 1);
        Pushed first = client.delivery();
        client.settle(3, subscription, SettleLayout.REJECT, 0, 0, "bad", first.tag())
                .ping(4)
                .expectPong(4);
        client.detach(6, subscription).expectDetached(6, subscription, 0);
        client.publish(2, "t", "waits").expectConfirm(2, 1, 1);
        server.advanceSeconds(59);
        assertThat(redrive(1, LettersRequest.ALL).count()).isEqualTo(1);
        server.advanceSeconds(59);
        server.untilQuiet();
        client.attach(7, Attach.to("t").named("failing").credit(10)).expectAttached(7, true, 2);
        Pushed again = client.delivery();
        assertThat(again.body()).isEqualTo("bad");
        assertThat(again.tag()).isGreaterThan(first.tag());
        assertThat(again.attempt()).isEqualTo(1);
        assertThat(again.publishedMillis()).as("when it was published").isEqualTo(first.publishedMillis());
        client.expectDelivery(subscription, 1, 1, "waits");
    }
}
