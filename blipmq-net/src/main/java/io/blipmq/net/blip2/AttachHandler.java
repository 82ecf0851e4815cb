package io.blipmq.net.blip2;

import io.blipmq.broker.AttachRequest;
import io.blipmq.broker.AttachService;
import io.blipmq.broker.Outcome;
import io.blipmq.broker.SubscribeResult;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.TextRefusal;
import io.blipmq.protocol.entry.PropertyLayout;
import io.blipmq.protocol.name.TopicFilter;
import io.blipmq.protocol.name.Topics;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.V2Nack;
import java.nio.ByteBuffer;

/** ATTACH: makes or resumes a subscription at once; its id is told when the journal has it. Stateless. */
final class AttachHandler {
    private AttachHandler() {}

    static boolean onFrame(
            Blip2Session session, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        Refusal refusal = refusal(buffer, payload, payloadLength);
        if (refusal != null) {
            session.answers().nack(correlationId, refusal);
            return true;
        }
        AttachRequest request = request(session, buffer, payload);
        AttachService attaching = session.broker().attaching();
        SubscribeResult result = attaching.attach(session.client(), request);
        if (result.outcome() == Outcome.BUSY) {
            return false;
        }
        if (result.isDone()) {
            session.answers().attached(correlationId, result.subscriptionId(), request.number());
        } else if (result.outcome() == Outcome.NAME_HELD) {
            session.answers().nack(correlationId, heldBy(attaching.holder(session.client(), request)));
        } else {
            session.answers().nack(correlationId, BrokerRefusals.of(result.outcome()));
        }
        return true;
    }

    private static Refusal heldBy(String holder) {
        return new TextRefusal(V2Nack.NAME_HELD.code(), holder + " holds this subscription");
    }

    private static Refusal refusal(ByteBuffer buffer, int payload, int payloadLength) {
        if (!AttachLayout.isAttach(buffer, payload, payloadLength)) {
            return V2Nack.INVALID_ATTACH;
        }
        int topicLength = AttachLayout.topicLength(buffer, payload);
        int nameLength = AttachLayout.nameLength(buffer, payload, topicLength);
        int properties = payload + AttachLayout.nameOffset(topicLength) + nameLength;
        int problem = PropertyLayout.checkNoneAsked(buffer, properties, payload + payloadLength);
        if (problem != 0) {
            return V2Nack.of(problem, V2Nack.INVALID_ATTACH);
        }
        if ((AttachLayout.flags(buffer, payload) & ~AttachLayout.FLAGS) != 0) {
            return V2Nack.UNKNOWN_FLAG;
        }
        if (nameLength > AttachLayout.NAME_BYTES_MAX) {
            return V2Nack.NAME_TOO_LONG;
        }
        boolean qos0 = qos(buffer, payload) == 0;
        int topic = payload + AttachLayout.TOPIC_OFFSET;
        Refusal refusal = isFilter(buffer, payload)
                ? filterRefusal(buffer, topic, topicLength)
                : topicRefusal(buffer, topic, topicLength, qos0);
        return refusal == null ? nameRefusal(buffer, payload, qos0, nameLength) : refusal;
    }

    private static Refusal nameRefusal(ByteBuffer buffer, int payload, boolean qos0, int nameLength) {
        boolean group = (AttachLayout.flags(buffer, payload) & AttachLayout.GROUP_FLAG) != 0;
        if (qos0 && nameLength > 0 && !group) {
            return V2Nack.QOS_0_HAS_NO_NAME;
        }
        int topic = payload + AttachLayout.TOPIC_OFFSET;
        boolean deadLetters = !isFilter(buffer, payload)
                && Topics.isDeadLetters(buffer, topic, AttachLayout.topicLength(buffer, payload));
        boolean named = nameLength > 0 || deadLetters;
        return group && !named ? V2Nack.GROUP_HAS_A_NAME : null;
    }

    private static boolean isFilter(ByteBuffer buffer, int payload) {
        return (AttachLayout.flags(buffer, payload) & AttachLayout.FILTER_FLAG) != 0;
    }

    private static Refusal filterRefusal(ByteBuffer buffer, int offset, int length) {
        if (length == 0) {
            return V2Nack.EMPTY_FILTER;
        }
        if (length > Topics.NAME_BYTES_MAX) {
            return V2Nack.TOPIC_TOO_LONG;
        }
        if (buffer.get(offset) == Topics.RESERVED_PREFIX) {
            return V2Nack.TOPIC_RESERVED;
        }
        String problem = TopicFilter.problem(buffer, offset, length);
        return problem == null ? null : new TextRefusal(V2Nack.EMPTY_FILTER.code(), problem);
    }

    private static Refusal topicRefusal(ByteBuffer buffer, int offset, int length, boolean qos0) {
        if (length == 0) {
            return Nack.EMPTY_TOPIC;
        }
        if (length > Topics.subscribableBytesMax(buffer, offset, length)) {
            return V2Nack.TOPIC_TOO_LONG;
        }
        if (buffer.get(offset) != Topics.RESERVED_PREFIX) {
            return null;
        }
        if (!Topics.isDeadLetters(buffer, offset, length)) {
            return V2Nack.TOPIC_RESERVED;
        }
        return qos0 ? V2Nack.DEAD_LETTERS_ARE_QOS_1 : null;
    }

    private static AttachRequest request(Blip2Session session, ByteBuffer buffer, int payload) {
        int topicLength = AttachLayout.topicLength(buffer, payload);
        byte[] topic = new byte[topicLength];
        buffer.get(payload + AttachLayout.TOPIC_OFFSET, topic);
        byte[] name = new byte[AttachLayout.nameLength(buffer, payload, topicLength)];
        buffer.get(payload + AttachLayout.nameOffset(topicLength), name);
        int flags = AttachLayout.flags(buffer, payload);
        long ackTimeoutMillis = AttachLayout.ackTimeoutMillis(buffer, payload);
        return new AttachRequest(
                qos(buffer, payload),
                topic,
                (flags & AttachLayout.FILTER_FLAG) != 0,
                name,
                (flags & AttachLayout.GROUP_FLAG) != 0,
                (flags & AttachLayout.TAKE_OVER_FLAG) != 0,
                (flags & AttachLayout.FROM_NEW_FLAG) != 0,
                ackTimeoutMillis == 0 ? session.ackTimeoutMillis() : ackTimeoutMillis,
                AttachLayout.retryBackoffMillis(buffer, payload),
                (flags & AttachLayout.CREDIT_ON_SETTLE_FLAG) != 0,
                (flags & AttachLayout.COUNT_FROM_BEGIN_FLAG) != 0,
                AttachLayout.attachCreditMessages(buffer, payload),
                AttachLayout.attachCreditBytes(buffer, payload),
                session.nextAttachNumber());
    }

    private static int qos(ByteBuffer buffer, int payload) {
        return AttachLayout.flags(buffer, payload) & AttachLayout.QOS_FLAG;
    }
}
