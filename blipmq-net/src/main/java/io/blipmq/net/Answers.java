package io.blipmq.net;

import io.blipmq.broker.Broker;
import io.blipmq.broker.Client;
import io.blipmq.net.PendingAnswers.Kind;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.v2.LettersDone;

/**
 * The answers of one connection, in the order of its requests. Owned by the broker thread.
 *
 * <p>An answer confirms everything before it, so it leaves only when every earlier command of the connection is stored
 * and has taken effect. When nothing waits it is written at once. What a request has brought about that has not found room in
 * the journal has no number yet: its answer, always the last one, gets that later.
 */
final class Answers {
    private final Broker broker;
    private final AnswerWriter writer;
    private final OutputQueue output;
    private final PendingAnswers pending;
    private final int workPerTurnMax;
    private Client client;

    Answers(LoopResources shared, OutputQueue output) {
        broker = shared.broker;
        writer = new AnswerWriter(shared, output);
        this.output = output;
        pending = new PendingAnswers(shared.limits.pendingAnswersMax());
        workPerTurnMax = shared.limits.workPerTurnMax();
    }

    /** From now on answers wait for what this client has journalled. */
    void onAuthenticated(Client client) {
        this.client = client;
        writer.onAuthenticated(client);
    }

    /** Nobody asks any more: what waits is still answered, except that no message is delivered. */
    void onInputEnded() {
        writer.onInputEnded();
    }

    void pong(long correlationId) {
        answer(Kind.PONG, correlationId, 0, 0, null);
    }

    void ack(long correlationId, long subscriptionId) {
        answer(Kind.ACK, correlationId, subscriptionId, 0, null);
    }

    void nack(long correlationId, Refusal refusal) {
        answer(Kind.NACK, correlationId, 0, 0, refusal);
    }

    /** Delivers the next message of a subscription, or nothing. */
    void poll(long correlationId, long subscriptionId) {
        answer(Kind.POLL, correlationId, subscriptionId, 0, null);
    }

    /** @param refusal null when the messages were accepted */
    void confirm(long firstNumber, int count, int subscriptions, Refusal refusal) {
        answer(Kind.CONFIRM, firstNumber, count, subscriptions, refusal);
    }

    /** @param number of the request, as the broker knows it */
    void attached(long correlationId, long subscriptionId, long number) {
        answer(Kind.ATTACHED, correlationId, subscriptionId, number, null);
    }

    /** @param unknown the tags that hit nothing */
    void settled(long correlationId, int settled, long[] unknown) {
        answer(Kind.SETTLED, correlationId, settled, 0, unknown);
    }

    void detached(long correlationId, long subscriptionId) {
        answer(Kind.DETACHED, correlationId, subscriptionId, 0, null);
    }

    void done(long correlationId, long count) {
        answer(Kind.DONE, correlationId, count, 0, null);
    }

    void lettersDone(long correlationId, LettersDone done) {
        answer(Kind.LETTERS_DONE, correlationId, 0, 0, done);
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
        return isWaiting() && isStored() && !output.isFull();
    }

    private boolean isStored() {
        if (pending.sequence() == PendingAnswers.NO_SEQUENCE && !client.isBusy()) {
            pending.sequence(client.lastSequence());
        }
        return pending.sequence() <= broker.appliedSequence();
    }

    /** Whether every earlier request has taken effect and is answered. */
    boolean isNextInOrder() {
        return pending.isEmpty()
                && (client == null || !client.isBusy() && client.lastSequence() <= broker.appliedSequence());
    }

    /** Sends what waits no longer, as far as a turn's work goes. */
    int sendDue() {
        int sent = 0;
        long workEnd = broker.requestWork() + workPerTurnMax;
        while (isDue() && broker.requestWork() < workEnd) {
            if (writer.write(
                    pending.kind(),
                    pending.correlationId(),
                    pending.value(),
                    pending.secondValue(),
                    pending.detail())) {
                pending.removeFirst();
                sent++;
            }
        }
        return sent;
    }

    void clear() {
        pending.clear();
    }

    private void answer(Kind kind, long correlationId, long value, long secondValue, Object detail) {
        if (!isNextInOrder() || !writer.write(kind, correlationId, value, secondValue, detail)) {
            long sequence = client.isBusy() ? PendingAnswers.NO_SEQUENCE : client.lastSequence();
            pending.add(kind, sequence, correlationId, value, secondValue, detail);
        }
    }
}
