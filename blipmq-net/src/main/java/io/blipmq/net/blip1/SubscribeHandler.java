package io.blipmq.net.blip1;

import io.blipmq.broker.Broker;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.PayloadLayout;
import io.blipmq.protocol.Topics;
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
        long result = subscribe(session, buffer, payload);
        if (result == Broker.BUSY) {
            return false;
        }
        if (result > 0) {
            session.answers().ack(correlationId, result);
        } else {
            session.answers().nack(correlationId, failure(result));
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

    private static Nack failure(long result) {
        if (result == Broker.DISK_FULL) {
            return Nack.SUBSCRIBE_DISK_FULL;
        }
        if (result == Broker.TOO_MANY_OF_CONNECTION) {
            return Nack.SUBSCRIBE_TOO_MANY_OF_CONNECTION;
        }
        return result == Broker.TOO_MANY_SUBSCRIPTIONS ? Nack.SUBSCRIBE_TOO_MANY : Nack.SUBSCRIBE_SHUTTING_DOWN;
    }

    private static long subscribe(Blip1Session session, ByteBuffer buffer, int payload) {
        int topicLength = PayloadLayout.subscribeTopicLength(buffer, payload);
        return session.broker()
                .polling()
                .subscribe(
                        session.client(),
                        PayloadLayout.subscribeQos(buffer, payload, topicLength),
                        buffer,
                        payload + PayloadLayout.SUBSCRIBE_TOPIC_OFFSET,
                        topicLength);
    }
}
