package io.blipmq.protocol.v2;

import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes the server's frames at a buffer's position, which moves to the frame's end. Stateless. The caller provides room:
 * see the {@code xxxFrameBytes} methods of the layouts. Frames that grow are begun here and ended by
 * {@link FrameEncoder#close}; ACK, NACK and PONG are {@link FrameEncoder}'s.
 */
public final class AnswerEncoder {
    private static final byte[] DUPLICATE = PublishLayout.DUPLICATE_TEXT.getBytes(StandardCharsets.UTF_8);

    private AnswerEncoder() {}

    /** Begins a CONFIRM; {@link #run}s follow. */
    public static void openConfirm(ByteBuffer to, long firstNumber) {
        FrameEncoder.open(to, FrameType.CONFIRM, firstNumber);
    }

    /** @param refusal null for accepted messages */
    public static void run(ByteBuffer to, int count, int subscriptions, Refusal refusal) {
        to.putInt(count);
        if (refusal == null) {
            to.putShort((short) 0).putInt(subscriptions).putShort((short) 0);
        } else {
            to.putShort((short) refusal.code()).putInt(subscriptions);
            FrameEncoder.putText(to, refusal.encodedText());
        }
    }

    /** Messages that are confirmed, and had been stored before. */
    public static void duplicates(ByteBuffer to, int count, int subscriptions) {
        to.putInt(count).putShort((short) 0).putInt(subscriptions);
        FrameEncoder.putText(to, DUPLICATE);
    }

    public static int duplicatesBytes() {
        return PublishLayout.RUN_BYTES + DUPLICATE.length;
    }

    public static void attached(ByteBuffer to, long correlationId, long subscriptionId, boolean existed, long backlog) {
        FrameEncoder.header(to, AttachLayout.attachedFrameBytes(), FrameType.ATTACHED, correlationId);
        to.putLong(subscriptionId)
                .put((byte) (existed ? AttachLayout.EXISTED_FLAG : 0))
                .putLong(backlog);
    }

    /** Begins a DELIVER; entries follow, at QoS 1 each behind a {@link #delivery}. */
    public static void openDeliver(ByteBuffer to, long subscriptionId, int qos, long publishedMillis) {
        FrameEncoder.open(to, FrameType.DELIVER, subscriptionId);
        to.put((byte) qos).putLong(publishedMillis);
    }

    /**
     * Begins a DELIVER_TOPIC, which goes on as a DELIVER.
     *
     * @param topic of which the first {@code topicLength} bytes are meant
     */
    public static void openDeliverTopic(
            ByteBuffer to, long subscriptionId, int qos, long publishedMillis, byte[] topic, int topicLength) {
        FrameEncoder.open(to, FrameType.DELIVER_TOPIC, subscriptionId);
        to.put((byte) qos)
                .putLong(publishedMillis)
                .putShort((short) topicLength)
                .put(topic, 0, topicLength);
    }

    /** What stands before an entry at QoS 1. The attempts that the field cannot hold are its largest value. */
    public static void delivery(ByteBuffer to, long tag, int attempt) {
        to.putLong(tag).putShort((short) Math.min(attempt, DeliverLayout.ATTEMPT_MAX));
    }

    /** @param unknown the tags that hit nothing */
    public static void settled(ByteBuffer to, long correlationId, int settled, long[] unknown) {
        int frameBytes = SettleLayout.settledFrameBytes(unknown.length);
        FrameEncoder.header(to, frameBytes, FrameType.SETTLED, correlationId);
        to.putInt(settled).putInt(unknown.length);
        for (long tag : unknown) {
            to.putLong(tag);
        }
    }

    /** @param code 0, with an empty text, in an answer */
    public static void detached(ByteBuffer to, long correlationId, long subscriptionId, int code, byte[] text) {
        FrameEncoder.header(to, AttachLayout.detachedFrameBytes(text.length), FrameType.DETACHED, correlationId);
        to.putLong(subscriptionId).putShort((short) code);
        FrameEncoder.putText(to, text);
    }

    /** Begins a LISTING that says to be the last; items follow, each behind its u32 length. */
    public static void openListing(ByteBuffer to, long correlationId, int kind) {
        FrameEncoder.open(to, FrameType.LISTING, correlationId);
        to.put((byte) kind).putLong(0);
    }

    public static void done(ByteBuffer to, long correlationId, long count) {
        FrameEncoder.header(to, ListLayout.doneFrameBytes(), FrameType.DONE, correlationId);
        to.putLong(count);
    }

    public static void lettersDone(ByteBuffer to, long correlationId, LettersDone done) {
        FrameEncoder.header(to, ListLayout.lettersDoneFrameBytes(), FrameType.DONE, correlationId);
        done.put(to);
    }

    public static void goAway(ByteBuffer to, Refusal reason, int millis) {
        int frameBytes = HandshakeLayout.goAwayFrameBytes(reason.encodedText().length);
        FrameEncoder.header(to, frameBytes, FrameType.GOAWAY, 0);
        to.putShort((short) reason.code()).putInt(millis);
        FrameEncoder.putText(to, reason.encodedText());
    }
}
