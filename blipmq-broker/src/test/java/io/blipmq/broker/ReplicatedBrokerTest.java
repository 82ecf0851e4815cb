package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.message.MessageView;
import io.blipmq.broker.message.PublishBatch;
import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.entry.PropertiesBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of requests and deliveries when a node begins to lead, and when it ceases to. */
class ReplicatedBrokerTest {
    private static final ByteBuffer FRAME = ByteBuffer.wrap(PushClient.bytes("demo.x"));
    private static final OwnerId ALICE = OwnerId.ofKey(PushClient.bytes("alice"));

    private final ReplicatedMemoryLog cluster = new ReplicatedMemoryLog();
    private final ReplicatedMemoryLog.Node first = cluster.addNode();
    private final ReplicatedMemoryLog.Node second = cluster.addNode();
    private Broker leader;
    private Broker follower;
    private Client client;

    @BeforeEach
    void open() throws IOException {
        leader = Broker.open(BrokerOptions.defaults(), BrokerClock.SYSTEM, first::open);
        follower = Broker.open(BrokerOptions.defaults(), BrokerClock.SYSTEM, second::open);
        cluster.elect(first, 0);
        turn();
        client = leader.connect(ALICE, "");
    }

    private void turn() {
        for (int i = 0; i < 3; i++) {
            cluster.commit(Integer.MAX_VALUE);
            first.learn(Integer.MAX_VALUE);
            second.learn(Integer.MAX_VALUE);
            for (Broker broker : new Broker[] {leader, follower}) {
                broker.doWork(System.nanoTime());
                broker.endTurn();
            }
        }
    }

    private Outcome publish(Broker broker, Client asking) {
        return broker.publishing()
                .publish(asking, 1, new MessageView().in(FRAME).topic(0, 4).payload(5, 1));
    }

    private long subscribe() {
        long id = leader.subscribing()
                .subscribe(client, 1, PushClient.bytes("demo"))
                .subscriptionId();
        turn();
        return id;
    }

    /** @return the tag, 0 when nothing came */
    private static long poll(Broker broker, Client asking, long id) {
        long[] received = new long[1];
        broker.polling().poll(asking, id, (qos, tag, topic, length) -> {
            received[0] = tag;
            return ByteBuffer.allocate(length);
        });
        return received[0];
    }

    private void changeLeader() {
        cluster.elect(second, 0);
        first.learnsOfEnd();
        turn();
    }

    @Test
    void whoDoesNotLeadRefuses() {
        Client other = follower.connect(ALICE, "");
        assertThat(publish(follower, other)).isEqualTo(Outcome.NOT_LEADER);
        assertThat(follower.subscribing()
                        .subscribe(other, 1, PushClient.bytes("demo"))
                        .outcome())
                .isEqualTo(Outcome.NOT_LEADER);
        assertThat(follower.settling().acknowledge(other, 2, 3)).isEqualTo(Outcome.NOT_LEADER);
        assertThat(follower.attaching().detach(other, 2, BrokerState.NO_NAME, true))
                .isEqualTo(Outcome.NOT_LEADER);
    }

    @Test
    void aSettlementThatIsLostIsDeliveredAgainByTheNextLeader() {
        long id = subscribe();
        publish(leader, client);
        turn();
        long tag = poll(leader, client, id);
        assertThat(leader.settling().acknowledge(client, id, tag)).isEqualTo(Outcome.DONE);
        leader.endTurn();
        changeLeader();
        assertThat(leader.isLeading()).isFalse();
        assertThat(poll(follower, follower.connect(ALICE, ""), id)).isEqualTo(tag);
        assertThat(leader.replicatedState()).isEqualTo(follower.replicatedState());
    }

    @Test
    void aPublishThatIsLostIsNeverConfirmed() {
        subscribe();
        long before = leader.appliedSequence();
        assertThat(publish(leader, client)).isEqualTo(Outcome.DONE);
        leader.endTurn();
        changeLeader();
        assertThat(client.lastSequence()).isGreaterThan(before);
        assertThat(leader.appliedSequence()).isEqualTo(before);
        leader.disconnect(client); // of a state that is gone
        assertThat(leader.counters().published(BrokerMetric.SUBSCRIPTIONS_DETACHED))
                .isEqualTo(1);
    }

    @Test
    void aNodeThatIsFarBehindGoesOnFromAnImage() {
        long id = subscribe();
        publish(leader, client);
        turn();
        ReplicatedMemoryLog.Node third = cluster.addNode();
        Broker late = open(third);
        third.receiveImage(leader.appliedSequence(), leader.replicatedState());
        late.doWork(System.nanoTime());
        late.endTurn();
        assertThat(late.appliedSequence()).isEqualTo(leader.appliedSequence());
        assertThat(late.replicatedDigest()).isEqualTo(leader.replicatedDigest());
        assertThat(late.subscriptions(10)).extracting(SubscriptionInfo::id).containsExactly(id);
    }

    @Test
    void whatTheLastLeaderHadInFlightDoesNotExceedTheLimitOfTheNext() {
        long id = subscribe();
        for (int i = 0; i < 5; i++) {
            publish(leader, client);
            turn();
        }
        long[] tags = new long[4];
        for (int i = 0; i < tags.length; i++) {
            tags[i] = poll(leader, client, id);
        }
        leader.settling().acknowledge(client, id, tags[3]);
        leader.endTurn();
        turn();
        ReplicatedMemoryLog.Node third = cluster.addNode();
        Broker next = open(third, Options.inFlightMax(2));
        third.receiveImage(leader.appliedSequence(), leader.replicatedState());
        cluster.elect(third, 0);
        runAlone(next, third);

        Client reader = next.connect(ALICE, "");
        assertThat(poll(next, reader, id)).isEqualTo(tags[0]);
        assertThat(poll(next, reader, id)).isEqualTo(tags[1]);
        assertThat(poll(next, reader, id)).isZero();
        next.settling().acknowledge(reader, id, tags[0]);
        assertThat(poll(next, reader, id)).isEqualTo(tags[2]);
        assertThat(poll(next, reader, id)).isZero();
    }

    private static BatchResult publishOnce(Broker broker, Client asking, String id) {
        byte[] properties =
                new PropertiesBuilder().publishId(PushClient.bytes(id)).toBytes();
        ByteBuffer frame = ByteBuffer.allocate(64).put(PushClient.bytes("demo"));
        EntryLayout.putHeader(frame, 1, properties, properties.length);
        frame.put((byte) 'x');
        BatchResult result = new BatchResult();
        PublishBatch batch = new PublishBatch().in(frame).qos(1).topic(0, 4).entries(4, frame.position(), 1);
        broker.publishing().publishBatch(asking, batch, result);
        assertThat(result.taken()).isEqualTo(1);
        return result;
    }

    @Test
    void thePublishIdsOfWhatIsCommittedAreTheNextLeadersToo() {
        subscribe();
        assertThat(publishOnce(leader, client, "committed").areDuplicates()).isFalse();
        turn();
        assertThat(publishOnce(leader, client, "lost").areDuplicates()).isFalse();
        assertThat(publishOnce(leader, client, "lost").areDuplicates()).isTrue();
        leader.endTurn();
        changeLeader();

        Client next = follower.connect(ALICE, "");
        assertThat(publishOnce(follower, next, "committed").areDuplicates()).isTrue();
        assertThat(publishOnce(follower, next, "lost").areDuplicates()).isFalse();
        turn();
        cluster.elect(first, 0);
        second.learnsOfEnd();
        turn();
        Client again = leader.connect(ALICE, "");
        assertThat(publishOnce(leader, again, "committed").areDuplicates()).isTrue();
        assertThat(publishOnce(leader, again, "lost").areDuplicates()).isTrue();
        assertThat(leader.replicatedState()).isEqualTo(follower.replicatedState());
    }

    @Test
    void anIdThatWasLostWithItsLeaderIsNoDuplicateWhenThatLeadsAgain() {
        subscribe();
        publishOnce(leader, client, "lost");
        leader.endTurn();
        cluster.elect(second, 0);
        first.learnsOfEnd();
        turn();
        cluster.elect(first, 0);
        second.learnsOfEnd();
        turn();
        assertThat(publishOnce(leader, leader.connect(ALICE, ""), "lost").areDuplicates())
                .isFalse();
    }

    private void runAlone(Broker broker, ReplicatedMemoryLog.Node node) {
        for (int i = 0; i < 3; i++) {
            cluster.commit(Integer.MAX_VALUE);
            node.learn(Integer.MAX_VALUE);
            broker.doWork(System.nanoTime());
            broker.endTurn();
        }
    }

    private static Broker open(ReplicatedMemoryLog.Node node) {
        return open(node, BrokerOptions.defaults());
    }

    private static Broker open(ReplicatedMemoryLog.Node node, BrokerOptions options) {
        try {
            return Broker.open(options, BrokerClock.SYSTEM, node::open);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
