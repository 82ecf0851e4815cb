package io.blipmq.net.blip1;

import io.blipmq.broker.Outcome;
import io.blipmq.broker.SubscribeResult;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.name.Topics;
import java.nio.ByteBuffer;

/** SUBSCRIBE: makes or resumes a subscription at once; its id is told when the journal has it. Stateless. */
final class SubscribeHandler {
    private SubscribeHandler() {}

    static boolean onFrame(
            Blip1Session session, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        Nack refusal = refusal(buffer, payload, payloadLength);
        if (refusal != null) {
            session.answers().nack(correlationId, refusal);
            return true;
        }
        SubscribeResult result = subscribe(session, buffer, payload);
        if (result.outcome() == Outcome.BUSY) {
            return false;
        }
        if (result.isDone()) {
            session.answers().ack(correlationId, result.subscriptionId());
        } else {
            session.answers().nack(correlationId, failure(result.outcome()));
        }
        return true;
    }

    private static Nack refusal(ByteBuffer buffer, int payload, int payloadLength) {
        if (!PayloadLayout.isSubscribe(buffer, payload, payloadLength)) {
            return Nack.INVALID_SUBSCRIBE;
        }
        int topicLength = PayloadLayout.subscribeTopicLength(buffer, payload);
        if (topicLength == 0) {
            return Nack.EMPTY_TOPIC;
        }
        if (PayloadLayout.subscribeQos(buffer, payload, topicLength) > 1) {
            return Nack.INVALID_QOS;
        }
        int topicOffset = payload + PayloadLayout.SUBSCRIBE_TOPIC_OFFSET;
        return topicLength > Topics.subscribableBytesMax(buffer, topicOffset, topicLength) ? Nack.TOPIC_TOO_LONG : null;
    }

    private static Nack failure(Outcome outcome) {
        return switch (outcome) {
            case DISK_FULL -> Nack.SUBSCRIBE_DISK_FULL;
            case TOO_MANY_OF_CONNECTION -> Nack.SUBSCRIBE_TOO_MANY_OF_CONNECTION;
            case TOO_MANY_SUBSCRIPTIONS -> Nack.SUBSCRIBE_TOO_MANY;
            case SHUTTING_DOWN -> Nack.SUBSCRIBE_SHUTTING_DOWN;
            case NOT_LEADER -> Nack.SUBSCRIBE_NOT_LEADER;
            default -> throw new IllegalStateException("the broker answered SUBSCRIBE with " + outcome);
        };
    }

    private static SubscribeResult subscribe(Blip1Session session, ByteBuffer buffer, int payload) {
        int topicLength = PayloadLayout.subscribeTopicLength(buffer, payload);
        byte[] topic = new byte[topicLength];
        buffer.get(payload + PayloadLayout.SUBSCRIBE_TOPIC_OFFSET, topic);
        int qos = PayloadLayout.subscribeQos(buffer, payload, topicLength);
        return session.broker().subscribing().subscribe(session.client(), qos, topic);
    }
}
