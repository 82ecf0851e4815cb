package io.blipmq.net.blip;

import io.blipmq.broker.Broker;
import io.blipmq.broker.Client;
import io.blipmq.net.OutputQueue;
import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.Refusal;

/**
 * The answers of one connection, in the order of its requests. Owned by the broker thread.
 *
 * <p>An answer confirms everything before it, so it leaves only when every earlier command of the connection is stored
 * and has taken effect. When nothing waits it is written at once. What a request has brought about that has not found room in
 * the journal has no number yet: its answer, always the last one, gets that later.
 *
 * @param <S> the session whose answers these are
 */
public class Answers<S extends BlipSession> {
    private final S session;
    private final Broker broker;
    private final OutputQueue output;
    private final PendingAnswers<S> pending;
    private final int workPerTurnMax;
    private Client client;

    /** The kinds that all versions have. */
    private enum Kind implements AnswerKind<BlipSession> {
        PONG {
            @Override
            public boolean write(BlipSession session, long correlationId, long value, long second, Object detail) {
                FrameEncoder.pong(session.output().append(PayloadLayout.emptyFrameBytes()), correlationId);
                return true;
            }
        },
        /** To AUTH, and in version 1; its value is a subscription's id. */
        ACK {
            @Override
            public boolean write(BlipSession session, long correlationId, long value, long second, Object detail) {
                FrameEncoder.ack(
                        session.output().append(PayloadLayout.subscriptionIdFrameBytes()), correlationId, value);
                return true;
            }
        },
        /** Its detail is the refusal. */
        NACK {
            @Override
            public boolean write(BlipSession session, long correlationId, long value, long second, Object detail) {
                Refusal refusal = (Refusal) detail;
                FrameEncoder.nack(session.output().append(refusal.frameBytes()), correlationId, refusal);
                return true;
            }
        }
    }

    protected Answers(S session, BlipResources shared) {
        this.session = session;
        broker = shared.broker();
        output = session.output();
        pending = new PendingAnswers<>(shared.limits().pendingAnswersMax());
        workPerTurnMax = shared.limits().workPerTurnMax();
    }

    /** From now on answers wait for what this client has journalled. */
    void onAuthenticated(Client newClient) {
        client = newClient;
    }

    public final void pong(long correlationId) {
        answer(Kind.PONG, correlationId, 0, 0, null);
    }

    public final void ack(long correlationId, long subscriptionId) {
        answer(Kind.ACK, correlationId, subscriptionId, 0, null);
    }

    public final void nack(long correlationId, Refusal refusal) {
        answer(Kind.NACK, correlationId, 0, 0, refusal);
    }

    /** Sends an answer, now or when its time has come; the values and the detail are what its kind says. */
    protected final void answer(
            AnswerKind<? super S> kind, long correlationId, long value, long secondValue, Object detail) {
        if (!isNextInOrder() || !kind.write(session, correlationId, value, secondValue, detail)) {
            long sequence = client.isBusy() ? PendingAnswers.NO_SEQUENCE : client.lastSequence();
            pending.add(kind, sequence, correlationId, value, secondValue, detail);
        }
    }

    /** Whether every earlier request has taken effect and is answered. */
    public final boolean isNextInOrder() {
        return pending.isEmpty()
                && (client == null || !client.isBusy() && client.lastSequence() <= broker.appliedSequence());
    }

    /** Sends what waits no longer, as far as a turn's work goes. */
    public final int sendDue() {
        int sent = 0;
        long workEnd = broker.requestWork() + workPerTurnMax;
        while (isDue() && broker.requestWork() < workEnd) {
            if (pending.kind()
                    .write(
                            session,
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

    boolean isWaiting() {
        return !pending.isEmpty();
    }

    /** Whether no further request can be taken on before an earlier one is answered. */
    public final boolean isFull() {
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

    void clear() {
        pending.clear();
    }
}
