package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.message.MessageView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A broker with clocks and a journal that stand still until the test moves them. */
final class TestBroker implements BrokerClock {
    private final BrokerOptions options;
    private MemoryJournal journal = new MemoryJournal();
    private Broker broker;
    private long nanos = TimeUnit.SECONDS.toNanos(1);
    private long millis = 1_700_000_000_000L;

    /** What a POLL brought. */
    record Received(int qos, long tag, String topic, String payload) {}

    TestBroker(BrokerOptions options) {
        this.options = options;
        this.broker = open(new MemoryJournal());
    }

    TestBroker() {
        this(BrokerOptions.defaults());
    }

    private Broker open(MemoryJournal fresh) {
        try {
            journal = fresh;
            return Broker.open(options, this, replay -> fresh.journal());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public long epochMillis() {
        return millis;
    }

    Broker broker() {
        return broker;
    }

    MemoryJournal journal() {
        return journal;
    }

    /** A new process over what was stored. Clients of the old one are gone. */
    void restart() {
        MemoryJournal old = journal;
        try {
            broker = Broker.open(options, this, replay -> (journal = old.restart(replay)).journal());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new process over what was stored but for commands that a salvage has lost. */
    void restartWithLost(long firstSequence, long lastSequence) throws IOException {
        MemoryJournal old = journal;
        broker = Broker.open(options, this, replay -> {
            journal = old.restart(replay);
            replay.onLost(firstSequence, lastSequence);
            return journal.journal();
        });
    }

    void restartCleanly() {
        turn();
        restart();
    }

    /** Stores what was appended and runs a turn. */
    void turn() {
        broker.endTurn();
        journal.storeAll();
        broker.doWork(nanos);
        broker.endTurn();
        journal.storeAll();
        broker.doWork(nanos);
    }

    /** Moves the clocks, without a turn. */
    void advance(long amount, TimeUnit unit) {
        nanos += unit.toNanos(amount);
        millis += unit.toMillis(amount);
    }

    /** Somebody sets the clock of the wall. */
    void setClock(long epochMillis) {
        millis = epochMillis;
    }

    /** Lets time pass, with the maintenance ticks. */
    void pass(long amount, TimeUnit unit) {
        advance(amount, unit);
        broker.mailbox().post(broker::onTick);
        turn();
    }

    Client connect(String key) {
        return broker.connect(OwnerId.ofKey(key.getBytes(StandardCharsets.UTF_8)), "127.0.0.1:8");
    }

    Outcome publish(Client client, int qos, String topic, String payload) {
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        byte[] message = payload.getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ByteBuffer.allocateDirect(5 + name.length + message.length);
        frame.put(5, name).put(5 + name.length, message);
        MessageView view = new MessageView().in(frame).topic(5, name.length);
        return broker.publishing().publish(client, qos, view.payload(5 + name.length, message.length));
    }

    /** Publishes at QoS 1 and stores it. */
    long publishStored(Client client, String topic, String payload) {
        assertThat(publish(client, 1, topic, payload)).isEqualTo(Outcome.DONE);
        turn();
        return client.lastSequence();
    }

    SubscribeResult trySubscribe(Client client, int qos, String topic) {
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        return broker.subscribing().subscribe(client, qos, name);
    }

    long subscribe(Client client, int qos, String topic) {
        SubscribeResult result = trySubscribe(client, qos, topic);
        assertThat(result.outcome()).isEqualTo(Outcome.DONE);
        turn();
        return result.subscriptionId();
    }

    /** The next message of a subscription, or null. */
    Received poll(Client client, long subscriptionId) {
        Received[] received = new Received[1];
        ByteBuffer[] buffer = new ByteBuffer[1];
        DeliverySink sink = (qos, tag, topic, length) -> {
            received[0] = new Received(qos, tag, new String(topic, StandardCharsets.UTF_8), "");
            buffer[0] = ByteBuffer.allocateDirect(length);
            return buffer[0];
        };
        while (!broker.polling().poll(client, subscriptionId, sink)) {
            assertThat(received[0]).isNull();
        }
        if (received[0] == null) {
            return null;
        }
        assertThat(buffer[0].hasRemaining()).isFalse();
        String payload = StandardCharsets.UTF_8.decode(buffer[0].flip()).toString();
        return new Received(received[0].qos, received[0].tag, received[0].topic, payload);
    }

    /** The payloads of everything that waits. */
    List<String> pollAll(Client client, long subscriptionId) {
        List<String> payloads = new ArrayList<>();
        for (Received next = poll(client, subscriptionId); next != null; next = poll(client, subscriptionId)) {
            payloads.add(next.payload());
        }
        return payloads;
    }

    boolean acknowledge(Client client, long subscriptionId, Received received) {
        return broker.settling()
                .acknowledge(client, subscriptionId, received.tag())
                .isDone();
    }

    long count(BrokerMetric metric) {
        broker.endTurn();
        return broker.counters().published(metric);
    }
}
