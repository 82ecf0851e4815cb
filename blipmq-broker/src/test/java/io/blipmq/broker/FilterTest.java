package io.blipmq.broker;

import static io.blipmq.broker.PushClient.Request.to;
import static io.blipmq.broker.PushClient.Request.toFilter;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Subscriptions to filters of topics. */
class FilterTest {
    private static final long UNLIMITED = AttachRequest.UNLIMITED_CREDIT;

    private final TestBroker broker = new TestBroker();
    private PushClient ann = new PushClient(broker, "alice");
    private PushClient ben = new PushClient(broker, "alice");

    private void restart() {
        broker.restartCleanly();
        ann = new PushClient(broker, "alice");
        ben = new PushClient(broker, "alice");
    }

    /** Topic and body of each message that comes now. */
    private static List<String> receive(PushClient client) {
        return client.receive().stream()
                .map(pushed -> pushed.topic() + " " + pushed.text())
                .toList();
    }

    private void publish(int qos, String topic, String... bodies) {
        assertThat(ben.publish(qos, topic, bodies).outcome().isDone()).isTrue();
        broker.turn();
    }

    // --- who gets what ---

    @Test
    void messagesOfAllTopicsThatMatchComeWithTheirTopics() {
        for (int qos = 0; qos <= 1; qos++) {
            PushClient reader = new PushClient(broker, "alice");
            reader.attach(qos == 0 ? toFilter("a/+").qos0() : toFilter("a/+"), UNLIMITED);
            publish(qos, "a/x", "1", "2");
            publish(qos, "a/y", "3");
            publish(qos, "b/x", "4");
            publish(qos, "a/x/z", "5");
            publish(qos, "a/x", "6");
            assertThat(receive(reader)).containsExactly("a/x 1", "a/x 2", "a/y 3", "a/x 6");
            reader.disconnect();
            broker.turn();
        }
        assertThat(broker.count(BrokerMetric.TOPICS)).isZero();
    }

    @Test
    void aQos0SubscriptionToAFilterGetsMessagesOfEitherQos() {
        ann.attach(toFilter("#").qos0(), UNLIMITED);
        publish(1, "a", "1");
        publish(0, "b", "2");
        assertThat(receive(ann)).containsExactly("a 1", "b 2");
    }

    @Test
    void aStoredSubscriptionToAFilterGetsQos0MessagesInOrder() {
        ann.attach(toFilter("#").named("n"), UNLIMITED);
        publish(1, "a", "1");
        publish(0, "b", "2");
        publish(0, "c", "3");
        publish(1, "b", "4");
        assertThat(receive(ann)).containsExactly("a 1", "b 2", "c 3", "b 4");
    }

    @Test
    void exactSubscriptionsAndOverlappingFiltersHaveTheirOwnCopies() {
        PushClient exact = new PushClient(broker, "alice");
        PushClient other = new PushClient(broker, "bob");
        exact.attach(to("a/b").qos0(), UNLIMITED);
        ann.attach(toFilter("a/+").qos0(), UNLIMITED);
        other.attach(toFilter("#"), UNLIMITED);
        assertThat(ben.publish(1, "a/b", "1").subscriptions()).isEqualTo(3);
        broker.turn();
        assertThat(exact.receiveTexts()).containsExactly("1");
        assertThat(receive(ann)).containsExactly("a/b 1");
        assertThat(receive(other)).containsExactly("a/b 1");
        assertThat(ben.publish(1, "c", "2").subscriptions()).isEqualTo(1);
        assertThat(ben.publish(0, "a/c", "3").subscriptions()).isEqualTo(2);
    }

    @Test
    void aFilterIsNoTopicAndATopicNoFilter() {
        PushClient exact = new PushClient(broker, "alice");
        exact.attach(to("a/+").qos0(), UNLIMITED);
        ann.attach(toFilter("a/+").qos0(), UNLIMITED);
        publish(0, "a/+", "1");
        assertThat(exact.receiveTexts()).containsExactly("1");
        assertThat(receive(ann)).isEmpty();
        publish(0, "a/b", "2");
        assertThat(exact.receiveTexts()).isEmpty();
        assertThat(receive(ann)).containsExactly("a/b 2");
    }

    /** Whatever comes behind a SUBSCRIBE in one read is meant for it. */
    @Test
    void aFilterThatIsNotStoredYetCounts() {
        SubscribeResult result = ann.tryAttach(toFilter("a/#").named("n"));
        ben.publish(1, "a/b", "1");
        ben.publish(0, "a/b", "2");
        broker.turn();
        ann.attached(result.subscriptionId());
        ann.credit(result.subscriptionId(), UNLIMITED);
        assertThat(receive(ann)).contains("a/b 1");
        ann.detach(result.subscriptionId(), true);
        broker.turn();
        assertThat(broker.count(BrokerMetric.FILTERS)).isZero();
        assertThat(ben.publish(1, "a/b", "3").subscriptions()).isZero();
    }

    @Test
    void filtersThatComeAndGoChangeWhatIsRouted() {
        long id = ann.attach(to("a").qos0(), UNLIMITED);
        publish(0, "a", "1");
        assertThat(ann.receiveTexts()).containsExactly("1");
        PushClient reader = new PushClient(broker, "alice");
        long filter = reader.attach(toFilter("+").qos0(), UNLIMITED);
        publish(0, "a", "2");
        publish(0, "b", "3");
        assertThat(ann.receiveTexts()).containsExactly("2");
        assertThat(receive(reader)).containsExactly("a 2", "b 3");
        reader.detach(filter, false);
        publish(0, "a", "4");
        publish(0, "b", "5");
        assertThat(ann.receiveTexts()).containsExactly("4");
        assertThat(receive(reader)).isEmpty();
        assertThat(ann.detach(id, false)).isEqualTo(Outcome.DONE);
    }

    /** One look for a topic's filters for each time that filters have changed. */
    @Test
    void routesAreLookedForOncePerTopicAndChange() {
        ann.attach(toFilter("a/+").qos0(), UNLIMITED);
        new PushClient(broker, "alice").attach(to("a/x").qos0(), UNLIMITED);
        for (int i = 0; i < 100; i++) {
            publish(0, "a/x", "m");
            publish(0, "a/y", "m");
            publish(0, "other", "m");
        }
        assertThat(broker.count(BrokerMetric.ROUTES_FOUND)).isEqualTo(3);
        new PushClient(broker, "alice").attach(toFilter("a/+").qos0(), UNLIMITED);
        publish(0, "a/x", "m");
        assertThat(broker.count(BrokerMetric.ROUTES_FOUND)).isEqualTo(3);
        new PushClient(broker, "alice").attach(toFilter("b/+").qos0(), UNLIMITED);
        publish(0, "a/x", "m");
        publish(0, "a/x", "m");
        assertThat(broker.count(BrokerMetric.ROUTES_FOUND)).isEqualTo(4);
    }

    @Test
    void whatHasComeAndIsNotReadYetIsKeptWithItsTopic() {
        long id = ann.attach(toFilter("#").qos0(), 0);
        for (int i = 0; i < 300; i++) {
            publish(0, "topic/" + i % 7, "m" + i, "n" + i);
        }
        ann.credit(id, 101);
        List<String> some = receive(ann);
        assertThat(some)
                .hasSize(101)
                .startsWith("topic/0 m0", "topic/0 n0", "topic/1 m1")
                .endsWith("topic/1 m50");
        ann.credit(id, UNLIMITED);
        List<String> rest = receive(ann);
        assertThat(rest).hasSize(499).startsWith("topic/1 n50", "topic/2 m51").endsWith("topic/5 n299");
    }

    // --- names ---

    @Test
    void aNameBelongsToATopicOrToAFilter() {
        ann.attach(toFilter("a").named("n"));
        assertThat(ben.tryAttach(to("a").named("n")).outcome()).isEqualTo(Outcome.OTHER_TOPIC);
        assertThat(ben.tryAttach(toFilter("b").named("n")).outcome()).isEqualTo(Outcome.OTHER_TOPIC);
        assertThat(ben.tryAttach(toFilter("a").named("n")).outcome()).isEqualTo(Outcome.NAME_HELD);
        assertThat(broker.count(BrokerMetric.FILTERS)).isEqualTo(1);
        assertThat(broker.count(BrokerMetric.TOPICS)).isZero();
    }

    @Test
    void groupsReadFilters() {
        PushClient cid = new PushClient(broker, "alice");
        long id = ann.attach(toFilter("jobs/+").group("workers"), UNLIMITED);
        assertThat(cid.attach(toFilter("jobs/+").group("workers"), UNLIMITED)).isEqualTo(id);
        for (int i = 0; i < 20; i++) {
            publish(1, "jobs/" + i, "m" + i);
        }
        List<String> first = receive(ann);
        List<String> second = receive(cid);
        assertThat(first).isNotEmpty();
        assertThat(second).isNotEmpty().doesNotContainAnyElementsOf(first);
        assertThat(first.size() + second.size()).isEqualTo(20);
    }

    // --- what is kept ---

    @Test
    void theBacklogOfAFilterOutlivesARestart() {
        long id = ann.attach(toFilter("a/#").named("n"), 1);
        publish(1, "a/1", "1");
        publish(1, "b", "2");
        publish(1, "a", "3");
        assertThat(receive(ann)).containsExactly("a/1 1");
        restart();
        publish(1, "a/2/3", "4");
        assertThat(ann.attach(toFilter("a/#").named("n"), UNLIMITED)).isEqualTo(id);
        List<CollectingSink.Pushed> all = ann.receive();
        assertThat(all).extracting(CollectingSink.Pushed::topic).containsExactly("a/1", "a", "a/2/3");
        for (CollectingSink.Pushed pushed : all) {
            assertThat(ann.ack(id, pushed.tag()).settled()).isEqualTo(1);
        }
        restart();
        ann.attach(toFilter("a/#").named("n"), UNLIMITED);
        assertThat(ann.receive()).isEmpty();
    }

    // --- dead letters ---

    @Test
    void aDeadLetterOfAFilterKnowsItsTopicAndComesBackWithIt() {
        long id = ann.attach(toFilter("a/+").named("n"), UNLIMITED);
        publish(1, "a/b", "1");
        ann.reject(id, "bad", ann.receiveOne().tag());
        broker.turn();
        long letters = ben.attach(to("$dead-letter/a/+"));
        restart();
        assertThat(ben.redrive(letters, 1, 0)).isEqualTo(1);
        broker.turn();
        ann.attach(toFilter("a/+").named("n"), UNLIMITED);
        CollectingSink.Pushed back = ann.receiveOne();
        assertThat(back.topic()).isEqualTo("a/b");
        assertThat(back.text()).isEqualTo("1");
        ann.reject(id, "bad again", back.tag());
        broker.turn();
        assertThat(ben.redrive(letters, 1, 0)).isEqualTo(1);
        broker.turn();
        assertThat(receive(ann)).containsExactly("a/b 1");
    }

    @Test
    void aDeadLetterOfATopicMayGoToASubscriptionToAFilter() {
        long id = ann.attach(to("a/b").named("exact"), UNLIMITED);
        PushClient reader = new PushClient(broker, "alice");
        long target = reader.attach(toFilter("x/#").named("filter"), UNLIMITED);
        publish(1, "a/b", "1");
        ann.reject(id, "bad", ann.receiveOne().tag());
        broker.turn();
        long letters = ben.attach(to("$dead-letter/a/b"));
        assertThat(ben.redrive(letters, 1, new LetterSelection(0, 0, 0, 0, target)))
                .isEqualTo(1);
        broker.turn();
        assertThat(receive(reader)).containsExactly("a/b 1");
    }

    @Test
    void whatIsDeliveredAgainHasItsTopic() {
        long id = ann.attach(toFilter("#").named("n").ackTimeout(1_000), UNLIMITED);
        publish(1, "a", "1");
        publish(1, "b", "2");
        assertThat(receive(ann)).containsExactly("a 1", "b 2");
        broker.pass(2, TimeUnit.SECONDS);
        assertThat(receive(ann)).containsExactly("a 1", "b 2");
        assertThat(id).isPositive();
    }
}
