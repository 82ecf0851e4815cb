package io.blipmq.net.blip1;

import io.blipmq.broker.Outcome;
import io.blipmq.broker.message.MessageView;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.name.Topics;
import java.nio.ByteBuffer;

/** PUBLISH: hands a message to the broker, which journals it at once; only a refusal is answered. Stateless. */
final class PublishHandler {
    private PublishHandler() {}

    static boolean onFrame(
            Blip1Session session, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        Nack refusal = refusal(buffer, payload, payloadLength);
        if (refusal != null) {
            session.answers().nack(correlationId, refusal);
            return true;
        }
        Outcome outcome = publish(session, buffer, payload, payloadLength);
        if (outcome == Outcome.BUSY) {
            return false;
        }
        if (!outcome.isDone()) {
            session.answers().nack(correlationId, failure(outcome));
        }
        return true;
    }

    private static Nack failure(Outcome outcome) {
        return switch (outcome) {
            case DISK_FULL -> Nack.PUBLISH_DISK_FULL;
            case SHUTTING_DOWN -> Nack.PUBLISH_SHUTTING_DOWN;
            case NOT_LEADER -> Nack.PUBLISH_NOT_LEADER;
            default -> throw new IllegalStateException("the broker answered PUBLISH with " + outcome);
        };
    }

    private static Nack refusal(ByteBuffer buffer, int payload, int payloadLength) {
        if (!PayloadLayout.isPublish(buffer, payload, payloadLength)) {
            return Nack.INVALID_PUBLISH;
        }
        int topicLength = PayloadLayout.publishTopicLength(buffer, payload);
        if (topicLength == 0) {
            return Nack.EMPTY_TOPIC;
        }
        if (PayloadLayout.publishQos(buffer, payload) > 1) {
            return Nack.INVALID_QOS;
        }
        if (topicLength > Topics.NAME_BYTES_MAX) {
            return Nack.TOPIC_TOO_LONG;
        }
        boolean reserved = buffer.get(payload + PayloadLayout.PUBLISH_TOPIC_OFFSET) == Topics.RESERVED_PREFIX;
        return reserved ? Nack.TOPIC_RESERVED : null;
    }

    private static Outcome publish(Blip1Session session, ByteBuffer buffer, int payload, int payloadLength) {
        int topicLength = PayloadLayout.publishTopicLength(buffer, payload);
        int messageOffset = PayloadLayout.publishMessageOffset(topicLength);
        MessageView message = session.version()
                .message()
                .in(buffer)
                .topic(payload + PayloadLayout.PUBLISH_TOPIC_OFFSET, topicLength)
                .payload(payload + messageOffset, payloadLength - messageOffset);
        return session.broker()
                .publishing()
                .publish(session.client(), PayloadLayout.publishQos(buffer, payload), message);
    }
}
