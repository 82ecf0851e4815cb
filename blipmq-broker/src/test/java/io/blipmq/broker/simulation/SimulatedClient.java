package io.blipmq.broker.simulation;

import io.blipmq.broker.Broker;
import io.blipmq.broker.Client;
import io.blipmq.broker.Outcome;
import io.blipmq.broker.SubscribeResult;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.message.MessageView;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * One connection: requests in order, answers in order and only after what they confirm has taken effect, as a session
 * does it. Owned by the simulation's thread.
 */
class SimulatedClient {
    private final SimulatedKey key;
    final Broker broker;
    final Model model;
    final String name;
    final Client client;
    /** Requests that have not been handled; one that finds no room stays the first. */
    private final Deque<BooleanSupplier> input = new ArrayDeque<>();

    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<Long> subscriptions = new ArrayList<>();
    private long lastPublished;
    private int published;
    private boolean ending;

    /** @param confirms the last publish before it */
    private record Answer(long sequence, long confirms, Runnable send) {}

    SimulatedClient(SimulatedKey key, Broker broker, Model model, String name) {
        this.key = key;
        this.broker = broker;
        this.model = model;
        this.name = name;
        this.client = connect();
    }

    /** Overridden for another kind of connection; called while this is being made. */
    Client connect() {
        return broker.connect(owner(), "polls");
    }

    /** @param handler says whether it was handled, or has to wait for room */
    void request(BooleanSupplier handler) {
        input.add(handler);
    }

    String nextPayload(int paddingBytes) {
        return name + "/" + published++ + "x".repeat(paddingBytes);
    }

    void confirms(long sequence) {
        lastPublished = Math.max(lastPublished, sequence);
    }

    OwnerId owner() {
        return key.owner();
    }

    SimulatedKey key() {
        return key;
    }

    /** Subscriptions that it was told of. */
    List<Long> subscriptions() {
        return subscriptions;
    }

    // --- requests

    void publish(int qos, String topic, int paddingBytes) {
        String payload = nextPayload(paddingBytes);
        input.add(() -> handlePublish(qos, topic, payload));
    }

    private boolean handlePublish(int qos, String topic, String payload) {
        byte[] topicBytes = Texts.bytes(topic);
        byte[] payloadBytes = Texts.bytes(payload);
        ByteBuffer frame = ByteBuffer.allocate(7 + topicBytes.length + payloadBytes.length);
        int payloadOffset = 7 + topicBytes.length;
        frame.put(7, topicBytes).put(payloadOffset, payloadBytes);
        MessageView message = new MessageView().in(frame).topic(7, topicBytes.length);
        message.payload(payloadOffset, payloadBytes.length);
        long before = client.lastSequence();
        Outcome outcome = broker.publishing().publish(client, qos, message);
        if (outcome.isDone()) {
            long sequence = client.lastSequence() == before ? 0 : client.lastSequence();
            model.onPublished(qos, topic, payload, sequence);
            confirms(sequence);
        }
        return outcome != Outcome.BUSY;
    }

    void subscribe(int qos, String topic) {
        input.add(() -> handleSubscribe(qos, topic));
    }

    private boolean handleSubscribe(int qos, String topic) {
        byte[] bytes = Texts.bytes(topic);
        SubscribeResult result = broker.subscribing().subscribe(client, qos, bytes);
        long id = result.subscriptionId();
        model.onSubscribed(this, qos, topic, id);
        if (id > 0) {
            answer(() -> {
                if (qos == 1) {
                    model.onSubscribeAnswered(this, topic, id);
                    key.knows(id);
                }
                subscriptions.add(id);
            });
        }
        return result.outcome() != Outcome.BUSY;
    }

    void poll(long subscription) {
        input.add(() -> {
            answer(() -> answerPoll(subscription));
            return true;
        });
    }

    private void answerPoll(long subscription) {
        if (ending) {
            return;
        }
        Received received = pollNow(subscription);
        if (received != null && received.qos() == 1) {
            key.received(subscription, received.tag(), 0);
        }
    }

    /** Polls out of order; for the end of a run. */
    Received pollNow(long subscription) {
        Received.Sink sink = new Received.Sink();
        boolean through = broker.polling().poll(client, subscription, sink);
        while (!through) {
            through = broker.polling().poll(client, subscription, sink);
        }
        Received received = sink.received();
        model.onPolled(this, subscription, received);
        return received;
    }

    void acknowledge(long subscription, long tag) {
        input.add(() -> acknowledgeNow(subscription, tag));
    }

    /** @return whether it was answered or taken; not when too many wait for room */
    boolean acknowledgeNow(long subscription, long tag) {
        model.beforeAcknowledged(subscription, tag);
        Outcome outcome = broker.settling().acknowledge(client, subscription, tag);
        model.onAcknowledged(this, subscription, tag, outcome);
        return outcome != Outcome.BUSY;
    }

    void ping() {
        input.add(() -> {
            answer(() -> {});
            return true;
        });
    }

    // --- the broker's side

    void answer(Runnable send) {
        long sequence = client.isBusy() ? Long.MAX_VALUE : client.lastSequence();
        answers.add(new Answer(sequence, lastPublished, send));
        sendDue();
    }

    /** Handles some requests, up to one that finds no room. */
    void handle(int requestsMax) {
        for (int i = 0; i < requestsMax && !input.isEmpty() && !client.isBusy(); i++) {
            if (!input.peek().getAsBoolean()) {
                return;
            }
            input.remove();
        }
    }

    void sendDue() {
        while (!answers.isEmpty() && sequence(answers.peek()) <= broker.appliedSequence()) {
            Answer answer = answers.remove();
            Check.that(
                    answer.confirms <= model.history().appliedSequence(),
                    () -> name + ": publish " + answer.confirms + " is confirmed and not stored");
            answer.send.run();
        }
    }

    /** What it waits for; known once what its request brought about has found room in the journal. */
    private long sequence(Answer answer) {
        boolean known = answer.sequence != Long.MAX_VALUE || client.isBusy();
        return known ? answer.sequence : client.lastSequence();
    }

    /** Whether a request has not been handled, or not been answered. */
    boolean isWaiting() {
        return !input.isEmpty() || !answers.isEmpty();
    }

    /** The peer has hung up: its connection ends in the next turn, after the requests that it had sent. */
    void hangUp() {
        ending = true;
    }

    boolean isEnding() {
        return ending;
    }

    void disconnect() {
        broker.disconnect(client);
        model.onDisconnected(this);
    }

    @Override
    public String toString() {
        return name;
    }
}
