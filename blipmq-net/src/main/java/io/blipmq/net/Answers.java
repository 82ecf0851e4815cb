package io.blipmq.net;

import io.blipmq.broker.Broker;
import io.blipmq.broker.Client;
import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.PayloadLayout;

/**
 * The answers of one connection, in the order of its requests. Owned by the broker thread.
 *
 * <p>An answer confirms everything before it, so it leaves only when every earlier command of the connection is stored
 * and has taken effect. When nothing waits it is written at once.
 */
final class Answers {
    private final Broker broker;
    private final Deliveries deliveries;
    private final OutputQueue output;
    private final PendingAnswers pending = new PendingAnswers();
    private Client client;
    private boolean inputEnded;

    Answers(LoopResources shared, OutputQueue output) {
        broker = shared.broker;
        deliveries = shared.deliveries;
        this.output = output;
    }

    /** From now on answers wait for what this client has journalled. */
    void onAuthenticated(Client client) {
        this.client = client;
    }

    /** Nobody asks any more: what waits is still answered, except that no message is delivered. */
    void onInputEnded() {
        inputEnded = true;
    }

    void pong(long correlationId) {
        if (isNextInOrder()) {
            writePong(correlationId);
        } else {
            pending.add(PendingAnswers.Kind.PONG, client.lastSequence(), correlationId, 0, null);
        }
    }

    void ack(long correlationId, long subscriptionId) {
        if (isNextInOrder()) {
            writeAck(correlationId, subscriptionId);
        } else {
            pending.add(PendingAnswers.Kind.ACK, client.lastSequence(), correlationId, subscriptionId, null);
        }
    }

    void nack(long correlationId, Nack nack) {
        if (isNextInOrder()) {
            writeNack(correlationId, nack);
        } else {
            pending.add(PendingAnswers.Kind.NACK, client.lastSequence(), correlationId, 0, nack);
        }
    }

    /** Delivers the next message of a subscription, or nothing. */
    void poll(long correlationId, long subscriptionId) {
        if (isNextInOrder()) {
            deliver(correlationId, subscriptionId);
        } else {
            pending.add(PendingAnswers.Kind.POLL, client.lastSequence(), correlationId, subscriptionId, null);
        }
    }

    boolean isWaiting() {
        return !pending.isEmpty();
    }

    /** Whether no further request can be taken on before an earlier one is answered. */
    boolean isFull() {
        return pending.isFull();
    }

    /** Whether an answer could leave now. */
    boolean isDue() {
        return isWaiting() && pending.sequence() <= broker.appliedSequence() && !output.isFull();
    }

    /** Sends what waits no longer. */
    int sendDue() {
        int sent = 0;
        while (isDue()) {
            sendFirst();
            pending.removeFirst();
            sent++;
        }
        return sent;
    }

    void clear() {
        pending.clear();
    }

    private boolean isNextInOrder() {
        return pending.isEmpty() && (client == null || client.lastSequence() <= broker.appliedSequence());
    }

    private void sendFirst() {
        long correlationId = pending.correlationId();
        switch (pending.kind()) {
            case PONG -> writePong(correlationId);
            case ACK -> writeAck(correlationId, pending.subscriptionId());
            case NACK -> writeNack(correlationId, pending.nack());
            case POLL -> {
                if (!inputEnded) {
                    deliver(correlationId, pending.subscriptionId());
                }
            }
        }
    }

    private void deliver(long correlationId, long subscriptionId) {
        broker.poll(client, subscriptionId, deliveries.to(output, correlationId));
    }

    private void writePong(long correlationId) {
        FrameEncoder.pong(output.append(PayloadLayout.emptyFrameBytes()), correlationId);
    }

    private void writeAck(long correlationId, long subscriptionId) {
        FrameEncoder.ack(output.append(PayloadLayout.subscriptionIdFrameBytes()), correlationId, subscriptionId);
    }

    private void writeNack(long correlationId, Nack nack) {
        FrameEncoder.nack(output.append(nack.frameBytes()), correlationId, nack);
    }
}
