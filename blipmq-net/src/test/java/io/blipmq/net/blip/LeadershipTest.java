package io.blipmq.net.blip;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.ReplicatedMemoryLog;
import io.blipmq.broker.journal.CommandHandler;
import io.blipmq.broker.journal.CommandLog;
import io.blipmq.broker.journal.Journal;
import io.blipmq.net.Attach;
import io.blipmq.net.NetMetric;
import io.blipmq.net.PushClient;
import io.blipmq.net.TestClient;
import io.blipmq.net.TestServer;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.v2.V2Nack;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients of a node learn when it does not lead, and when it ceases to. */
class LeadershipTest {
    private final ReplicatedMemoryLog cluster = new ReplicatedMemoryLog();
    private final ReplicatedMemoryLog.Node own = cluster.addNode();
    private final ReplicatedMemoryLog.Node other = cluster.addNode();
    private TestServer server;
    /** Run once, behind what the log hands over in a turn and before its requests. */
    private Runnable beforeRequests;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.startNode(this::open);
        server.beforeTurns(this::commit);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Journal open(CommandHandler replay) {
        Journal journal = own.open(replay);
        CommandLog log = (CommandLog) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {CommandLog.class}, (proxy, method, arguments) -> {
                    try {
                        return method.invoke(journal.log(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        if (method.getName().equals("drain") && beforeRequests != null) {
                            beforeRequests.run();
                            beforeRequests = null;
                        }
                    }
                });
        return new Journal(log, journal.messages(), journal.snapshots());
    }

    private void commit() {
        cluster.commit(Integer.MAX_VALUE);
        own.learn(Integer.MAX_VALUE);
    }

    private void lead() {
        cluster.elect(own, 0);
        server.untilQuiet();
        assertThat(server.broker.isLeading()).isTrue();
    }

    /** What was not committed is lost. */
    private void ceaseToLead() {
        cluster.elect(other, 0);
        own.learnsOfEnd();
    }

    private static void expectSentAway(PushClient client) throws IOException {
        client.expectGoodbye(421, V2Nack.NOT_LEADER.text());
    }

    @Test
    void aNodeThatCeasesToLeadSendsItsClientsAway() throws IOException {
        lead();
        PushClient client = server.connectPushReady();
        long subscription = client.attached(3, Attach.to("t").named("n").credit(10));
        client.publish(1, "t", "m").expectConfirm(1, 1, 1);
        client.expectDelivery(subscription, 1, 1, "m");
        TestClient polling = server.connectReady();
        ceaseToLead();
        expectSentAway(client);
        polling.expectClosed();
        server.until("they are gone", () -> server.metric(NetMetric.CONNECTIONS) == 0);
        assertThat(server.sessions(1) + server.sessions(2)).isZero();
    }

    /** It may be another node's command that gets the number that an answer waits for. */
    @Test
    void whatMayBeLostIsNotAnswered() throws IOException {
        lead();
        PushClient client = server.connectPushReady();
        client.attached(3, Attach.to("t").named("n"));
        PushClient half = server.connectPushReady();
        TestClient polling = server.connectReady();
        server.beforeTurns(() -> {});
        client.publish(1, "t", "lost").ping(2);
        half.publish(1, "t", "lost").ping(2);
        polling.publish(3, 1, "t", "lost").ping(4);
        half.shutdownOutput();
        server.untilQuiet();
        ceaseToLead();
        server.beforeTurns(this::commit);
        expectSentAway(client);
        half.expectClosed();
        polling.expectClosed();
    }

    @Test
    void aNodeThatLeadsAgainHasForgottenItsClients() throws IOException {
        lead();
        PushClient client = server.connectPushReady();
        client.attached(3, Attach.to("t").named("n"));
        cluster.elect(own, 0);
        expectSentAway(client);
        server.untilQuiet();
        server.connectPushReady().attach(3, Attach.to("t").named("n")).expectAttached(3, true, 0);
    }

    @Test
    void aNodeThatDoesNotLeadLetsNobodyIn() throws IOException {
        PushClient client = server.connectPush();
        client.hello(1, "test").auth(2, "wrong").auth(3, TestServer.KEY);
        client.expectWelcome(1);
        client.expectNack(2, Nack.INVALID_API_KEY);
        expectSentAway(client);
        TestClient polling = server.connect();
        polling.hello(1).auth(2, TestServer.KEY);
        polling.expectAck(1, 0);
        polling.expectClosed();
        TestClient stranger = server.connect().hello(1);
        stranger.expectAck(1, 0);
        lead();
        stranger.auth(2, TestServer.KEY);
        stranger.expectAck(2, 0);
        server.connectPushReady().expectNothingMore();
    }

    /** The log knows already that it takes nothing, and the broker learns of it in the next turn. */
    @Test
    void requestsAreRefusedUntilTheyAreSentAway() throws IOException {
        lead();
        PushClient client = server.connectPushReady();
        client.attached(3, Attach.to("t").named("n"));
        TestClient polling = server.connectReady();
        server.untilQuiet();
        beforeRequests = this::ceaseToLead;
        client.publish(1, "t", "m").attach(4, Attach.to("u").named("v"));
        polling.publish(5, 1, "t", "m").subscribe(6, "u", 1);
        client.expectConfirm(1, 1, 421, 0, V2Nack.NOT_LEADER.text());
        client.expectNack(4, V2Nack.NOT_LEADER);
        polling.expectNack(5, 500, "durable publish failed: not the leader");
        polling.expectNack(6, 500, "subscribe failed: not the leader");
        expectSentAway(client);
        polling.expectClosed();
    }
}
