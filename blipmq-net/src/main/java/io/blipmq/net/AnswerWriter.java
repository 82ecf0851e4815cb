package io.blipmq.net;

import io.blipmq.broker.AttachedInfo;
import io.blipmq.broker.Broker;
import io.blipmq.broker.Client;
import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.v2.AnswerEncoder;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.LettersDone;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.SettleLayout;
import io.blipmq.protocol.v2.V2Nack;
import java.nio.ByteBuffer;

/** Writes each kind of answer into a connection's output when its time has come. Owned by the broker thread. */
final class AnswerWriter {
    private static final byte[] NO_TEXT = {};

    private final Broker broker;
    private final Deliveries deliveries;
    private final OutputQueue output;
    private final Confirms confirms;
    private Client client;
    private boolean inputEnded;

    AnswerWriter(LoopResources shared, OutputQueue output) {
        broker = shared.broker;
        deliveries = shared.deliveries;
        this.output = output;
        confirms = new Confirms(output);
    }

    void onAuthenticated(Client client) {
        this.client = client;
    }

    void onInputEnded() {
        inputEnded = true;
    }

    /**
     * Values and detail are what {@link PendingAnswers.Kind} says.
     *
     * @return false when it takes more than one call
     */
    boolean write(PendingAnswers.Kind kind, long correlationId, long value, long secondValue, Object detail) {
        switch (kind) {
            case CONFIRM -> confirms.add(correlationId, (int) value, (int) secondValue, (Refusal) detail);
            case PONG -> FrameEncoder.pong(output.append(PayloadLayout.emptyFrameBytes()), correlationId);
            case ACK -> FrameEncoder.ack(output.append(PayloadLayout.subscriptionIdFrameBytes()), correlationId, value);
            case NACK -> writeNack(correlationId, (Refusal) detail);
            case POLL -> {
                return deliver(correlationId, value);
            }
            case ATTACHED -> writeAttached(correlationId, value, secondValue);
            case SETTLED -> writeSettled(correlationId, (int) value, (long[]) detail);
            case DETACHED -> writeDetached(correlationId, value);
            case LETTERS_DONE ->
                AnswerEncoder.lettersDone(
                        output.append(ListLayout.lettersDoneFrameBytes()), correlationId, (LettersDone) detail);
            case DONE -> AnswerEncoder.done(output.append(ListLayout.doneFrameBytes()), correlationId, value);
        }
        return true;
    }

    private void writeNack(long correlationId, Refusal refusal) {
        FrameEncoder.nack(output.append(refusal.frameBytes()), correlationId, refusal);
    }

    /** @return false when the broker has passed over many expired messages and is not through yet */
    private boolean deliver(long correlationId, long subscriptionId) {
        return inputEnded || broker.polling().poll(client, subscriptionId, deliveries.to(output, correlationId));
    }

    private void writeAttached(long correlationId, long subscriptionId, long number) {
        AttachedInfo info = inputEnded ? null : broker.attaching().attached(client, subscriptionId, number);
        if (info == null) {
            writeNack(correlationId, V2Nack.LOST_MEANWHILE);
            return;
        }
        AnswerEncoder.attached(
                output.append(AttachLayout.attachedFrameBytes()),
                correlationId,
                subscriptionId,
                info.existed(),
                info.backlog());
    }

    private void writeSettled(long correlationId, int settled, long[] unknown) {
        ByteBuffer to = output.append(SettleLayout.settledFrameBytes(unknown.length));
        AnswerEncoder.settled(to, correlationId, settled, unknown);
    }

    private void writeDetached(long correlationId, long subscriptionId) {
        AnswerEncoder.detached(
                output.append(AttachLayout.detachedFrameBytes(0)), correlationId, subscriptionId, 0, NO_TEXT);
    }
}
