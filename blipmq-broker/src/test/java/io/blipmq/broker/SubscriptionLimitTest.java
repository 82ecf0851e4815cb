package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A connection may have so many subscriptions, and others are not held up by one that has them. */
class SubscriptionLimitTest {
    private static final int MAX = 3;

    private final TestBroker broker = new TestBroker(Options.subscriptionsPerClientMax(MAX));
    private final PushClient alice = new PushClient(broker, "alice");

    @Test
    void anAttachBeyondTheLimitIsRefusedUntilOneIsLeft() {
        long inMemory = alice.attach(to("a").qos0());
        alice.attach(to("a"));
        alice.attach(to("a").named("jobs"));
        assertThat(alice.tryAttach(to("b").qos0()).outcome()).isEqualTo(Outcome.TOO_MANY_OF_CONNECTION);
        assertThat(alice.tryAttach(to("b")).outcome()).isEqualTo(Outcome.TOO_MANY_OF_CONNECTION);
        assertThat(alice.tryAttach(to("b").named("other")).outcome()).isEqualTo(Outcome.TOO_MANY_OF_CONNECTION);
        assertThat(alice.tryAttach(to("$dead-letter/a")).outcome()).isEqualTo(Outcome.TOO_MANY_OF_CONNECTION);
        assertThat(new PushClient(broker, "alice").attach(to("b").named("other")))
                .isPositive();
        assertThat(alice.detach(inMemory, false)).isEqualTo(Outcome.DONE);
        assertThat(alice.attach(to("b").qos0())).isPositive();
    }

    @Test
    void whatIsNotStoredYetCounts() {
        for (int i = 0; i < MAX; i++) {
            assertThat(alice.tryAttach(to("a").named("n" + i)).outcome()).isEqualTo(Outcome.DONE);
        }
        assertThat(alice.tryAttach(to("a").named("more")).outcome()).isEqualTo(Outcome.TOO_MANY_OF_CONNECTION);
        broker.turn();
        assertThat(alice.tryAttach(to("a").named("more")).outcome()).isEqualTo(Outcome.TOO_MANY_OF_CONNECTION);
        assertThat(alice.delete("n0")).isEqualTo(Outcome.DONE);
        assertThat(alice.attach(to("a").named("more"))).isPositive();
    }

    @Test
    void whatIsNotStoredYetCountsForAllTogether() {
        TestBroker small = new TestBroker(Options.subscriptionsMax(2));
        PushClient first = new PushClient(small, "alice");
        PushClient second = new PushClient(small, "bob");
        assertThat(first.tryAttach(to("a")).outcome()).isEqualTo(Outcome.DONE);
        assertThat(second.tryAttach(to("b")).outcome()).isEqualTo(Outcome.DONE);
        assertThat(first.tryAttach(to("a")).outcome()).isEqualTo(Outcome.TOO_MANY_SUBSCRIPTIONS);
    }

    @Test
    void whatExistsIsNotResumedBeyondTheLimitEither() {
        PushClient before = new PushClient(broker, "alice");
        before.attach(to("a").named("jobs"));
        before.disconnect();
        long own = alice.attach(to("a").named("own"));
        alice.attach(to("a"));
        alice.attach(to("a"));
        assertThat(alice.tryAttach(to("a").named("jobs")).outcome()).isEqualTo(Outcome.TOO_MANY_OF_CONNECTION);
        assertThat(alice.tryAttach(to("a").named("own").takeOver()).subscriptionId())
                .as("it has that one already")
                .isEqualTo(own);
    }

    @Test
    void aClientThatPollsIsRefusedToo() {
        Client before = broker.connect("poller");
        long detached = broker.subscribe(before, 1, "old");
        broker.broker().disconnect(before);
        Client poller = broker.connect("poller");
        broker.subscribe(poller, 0, "a");
        broker.subscribe(poller, 1, "a");
        assertThat(broker.broker().polling().isBeyondLimit(poller, detached)).isFalse();
        assertThat(broker.trySubscribe(poller, 1, "b").outcome())
                .as("is not stored yet")
                .isEqualTo(Outcome.DONE);
        assertThat(broker.trySubscribe(poller, 0, "b").outcome()).isEqualTo(Outcome.TOO_MANY_OF_CONNECTION);
        assertThat(broker.trySubscribe(poller, 1, "b").outcome()).isEqualTo(Outcome.TOO_MANY_OF_CONNECTION);
        assertThat(broker.trySubscribe(poller, 1, "old").outcome()).isEqualTo(Outcome.TOO_MANY_OF_CONNECTION);
        broker.turn();
        broker.publish(poller, 1, "old", "m");
        broker.turn();
        assertThat(broker.broker().polling().isBeyondLimit(poller, detached)).isTrue();
        assertThat(broker.poll(poller, detached)).isNull();
        assertThat(broker.poll(broker.connect("poller"), detached)).isNotNull();
    }

    @Test
    void aSuccessorAtItsLimitDoesNotAdoptWhatALostConnectionAskedFor() {
        Client poller = broker.connect("poller");
        for (int i = 0; i < MAX; i++) {
            broker.subscribe(poller, 0, "a");
        }
        Client lost = broker.connect("poller");
        long asked = broker.trySubscribe(lost, 1, "b").subscriptionId();
        broker.broker().disconnect(lost);
        assertThat(broker.trySubscribe(poller, 1, "b").outcome()).isEqualTo(Outcome.TOO_MANY_OF_CONNECTION);
        assertThat(broker.trySubscribe(broker.connect("poller"), 1, "b").subscriptionId())
                .isEqualTo(asked);
    }
}
