package io.blipmq.net.blip2;

import io.blipmq.broker.BatchResult;
import io.blipmq.broker.Outcome;
import io.blipmq.broker.message.PublishBatch;
import io.blipmq.protocol.Nack;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.name.Topics;
import io.blipmq.protocol.v2.PublishLayout;
import io.blipmq.protocol.v2.V2Nack;
import java.nio.ByteBuffer;

/**
 * PUBLISH_BATCH: hands messages to the broker, which journals them at once. A batch that the journal has no room for goes
 * on in a later turn from where it stopped. Stateless.
 */
final class PublishBatchHandler {
    private PublishBatchHandler() {}

    /** @param first number of the first message, in the place of a correlation id */
    static boolean onFrame(Blip2Session session, long first, ByteBuffer buffer, int payload, int payloadLength) {
        if (!session.batch().isUnderWay()) {
            Refusal refusal = begin(session, buffer, payload, payloadLength);
            if (refusal != null) {
                session.answers().nack(first, refusal);
                return true;
            }
        }
        BatchResult result = session.version().batchResult();
        publish(session, first, buffer, payload, payloadLength, result);
        while (isInRuns(session, result) && hasRoomForRun(session)) {
            publish(session, first, buffer, payload, payloadLength, result);
        }
        return !isInRuns(session, result) && end(session, first, result.outcome());
    }

    /** Whether the broker has taken a part of the batch, up to where new messages and duplicates change. */
    private static boolean isInRuns(Blip2Session session, BatchResult result) {
        return result.outcome().isDone() && session.batch().isUnderWay();
    }

    private static boolean hasRoomForRun(Blip2Session session) {
        return !session.answers().isFull() && !session.output().isFull();
    }

    private static Refusal begin(Blip2Session session, ByteBuffer buffer, int payload, int payloadLength) {
        if (!PublishLayout.isPublishBatch(buffer, payload, payloadLength)) {
            return V2Nack.INVALID_PUBLISH_BATCH;
        }
        Refusal refusal = refusal(buffer, payload);
        if (refusal != null) {
            return refusal;
        }
        int entries = PublishLayout.entriesOffset(PublishLayout.topicLength(buffer, payload));
        int found = EntryLayout.check(buffer, payload + entries, payload + payloadLength);
        if (found <= 0) {
            return V2Nack.of(found, V2Nack.INVALID_PUBLISH_BATCH);
        }
        boolean scheduled = (found & EntryLayout.DELIVER_AT_FLAG) != 0;
        if (scheduled) {
            refusal = scheduleRefusal(session, buffer, payload, payload + entries, payload + payloadLength);
        }
        if (refusal == null) {
            session.batch().begin(entries, found & ~EntryLayout.DELIVER_AT_FLAG, scheduled);
        }
        return refusal;
    }

    /** Of messages some of which say when they are to be delivered. */
    private static Refusal scheduleRefusal(Blip2Session session, ByteBuffer buffer, int payload, int from, int to) {
        if ((PublishLayout.flags(buffer, payload) & PublishLayout.QOS_FLAG) == 0) {
            return V2Nack.DELIVER_AT_NEEDS_QOS_1;
        }
        long latest = EntryLayout.deliverAtMillisMax(buffer, from, to);
        boolean tooFar =
                Long.compareUnsigned(latest, session.broker().publishing().dueMillisMax()) > 0;
        return tooFar ? V2Nack.DELIVER_AT_TOO_FAR : null;
    }

    private static Refusal refusal(ByteBuffer buffer, int payload) {
        int topicLength = PublishLayout.topicLength(buffer, payload);
        if (topicLength == 0) {
            return Nack.EMPTY_TOPIC;
        }
        if (topicLength > Topics.NAME_BYTES_MAX) {
            return V2Nack.TOPIC_TOO_LONG;
        }
        if (buffer.get(payload + PublishLayout.TOPIC_OFFSET) == Topics.RESERVED_PREFIX) {
            return V2Nack.TOPIC_RESERVED;
        }
        return (PublishLayout.flags(buffer, payload) & ~PublishLayout.FLAGS) == 0 ? null : V2Nack.UNKNOWN_FLAG;
    }

    private static void publish(
            Blip2Session session, long first, ByteBuffer buffer, int payload, int payloadLength, BatchResult result) {
        BatchProgress progress = session.batch();
        PublishBatch batch = session.version()
                .publishBatch()
                .in(buffer)
                .qos(PublishLayout.flags(buffer, payload) & PublishLayout.QOS_FLAG)
                .topic(payload + PublishLayout.TOPIC_OFFSET, PublishLayout.topicLength(buffer, payload))
                .entries(payload + progress.nextOffset(), payload + payloadLength, progress.left())
                .schedules(progress.schedules());
        session.broker().publishing().publishBatch(session.client(), batch, result);
        confirm(session, first, buffer, payload, result);
    }

    private static void confirm(Blip2Session session, long first, ByteBuffer buffer, int payload, BatchResult result) {
        BatchProgress batch = session.batch();
        long number = first + batch.taken();
        boolean wanted = (PublishLayout.flags(buffer, payload) & PublishLayout.CONFIRM_FLAG) != 0;
        if (wanted && result.taken() > 0) {
            if (result.areDuplicates()) {
                session.answers().confirmDuplicates(number, result.taken(), result.subscriptions());
            } else {
                session.answers().confirm(number, result.taken(), result.subscriptions(), null);
            }
        }
        batch.onTaken(result.taken(), result.nextOffset() - payload);
    }

    /** @return false when the rest has to wait */
    private static boolean end(Blip2Session session, long first, Outcome outcome) {
        BatchProgress batch = session.batch();
        if (outcome == Outcome.BUSY) {
            return false;
        }
        if (!outcome.isDone()) {
            session.answers().confirm(first + batch.taken(), batch.left(), 0, BrokerRefusals.of(outcome));
        }
        batch.end();
        return true;
    }
}
