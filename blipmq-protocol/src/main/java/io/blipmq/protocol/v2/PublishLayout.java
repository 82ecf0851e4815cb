package io.blipmq.protocol.v2;

import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.entry.EntryLayout;
import java.nio.ByteBuffer;

/**
 * Where the fields of PUBLISH_BATCH and CONFIRM stand. Stateless. Offsets count from the payload's first byte; each
 * accessor expects a payload that its type's {@code isXxx} method accepted.
 *
 * <pre>
 * PUBLISH_BATCH  u8 flags, u16 topic length, topic, entries to the end: see {@link EntryLayout}
 * CONFIRM        runs to the end: u32 count, u16 code, u32 subscriptions, u16 text length, text
 * </pre>
 *
 * <p>A run of accepted messages has no text, or {@link #DUPLICATE_TEXT}.
 */
public final class PublishLayout {
    /** Flags of PUBLISH_BATCH. */
    public static final int QOS_FLAG = 1;

    public static final int CONFIRM_FLAG = 2;
    public static final int FLAGS = QOS_FLAG | CONFIRM_FLAG;

    public static final int TOPIC_LENGTH_OFFSET = 1;
    public static final int TOPIC_OFFSET = 3;

    /** Offsets within a run. */
    public static final int RUN_CODE_OFFSET = 4;

    public static final int RUN_SUBSCRIPTIONS_OFFSET = 6;
    public static final int RUN_TEXT_LENGTH_OFFSET = 10;
    public static final int RUN_TEXT_OFFSET = 12;
    /** A run without a text. */
    public static final int RUN_BYTES = RUN_TEXT_OFFSET;
    /** What a run says of messages that had been stored before, under their publish ids. */
    public static final String DUPLICATE_TEXT = "duplicate";

    private PublishLayout() {}

    /** Whether there is a topic; what follows it is for {@link EntryLayout#check} to say. */
    public static boolean isPublishBatch(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        return Wire.validTextEnd(buffer, payloadOffset + TOPIC_LENGTH_OFFSET, payloadOffset + payloadLength) >= 0;
    }

    public static int flags(ByteBuffer buffer, int payloadOffset) {
        return Wire.u8(buffer, payloadOffset);
    }

    public static int topicLength(ByteBuffer buffer, int payloadOffset) {
        return Wire.u16(buffer, payloadOffset + TOPIC_LENGTH_OFFSET);
    }

    /** Where entries begin within the payload; they end with the frame. */
    public static int entriesOffset(int topicLength) {
        return TOPIC_OFFSET + topicLength;
    }

    /** Whether the payload is one or more runs and nothing else. */
    public static boolean isConfirm(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        int end = payloadOffset + payloadLength;
        int at = payloadOffset;
        while (at < end) {
            if (end - at < RUN_BYTES || runCount(buffer, at) == 0) {
                return false;
            }
            at = Wire.validTextEnd(buffer, at + RUN_TEXT_LENGTH_OFFSET, end);
            if (at < 0) {
                return false;
            }
        }
        return payloadLength > 0;
    }

    public static long runCount(ByteBuffer buffer, int runOffset) {
        return Wire.u32(buffer, runOffset);
    }

    public static int runCode(ByteBuffer buffer, int runOffset) {
        return Wire.u16(buffer, runOffset + RUN_CODE_OFFSET);
    }

    public static long runSubscriptions(ByteBuffer buffer, int runOffset) {
        return Wire.u32(buffer, runOffset + RUN_SUBSCRIPTIONS_OFFSET);
    }

    public static int runTextLength(ByteBuffer buffer, int runOffset) {
        return Wire.u16(buffer, runOffset + RUN_TEXT_LENGTH_OFFSET);
    }

    /** Where the run after this one begins. */
    public static int nextRun(ByteBuffer buffer, int runOffset) {
        return runOffset + RUN_TEXT_OFFSET + runTextLength(buffer, runOffset);
    }

    /** Bytes of a whole PUBLISH_BATCH frame. */
    public static int publishBatchFrameBytes(int topicLength, int entriesLength) {
        return FrameLayout.HEADER_BYTES + entriesOffset(topicLength) + entriesLength;
    }
}
