package io.blipmq.wal.recovery;

import io.blipmq.wal.RecordHandler;
import io.blipmq.wal.segment.FrameLayout;
import io.blipmq.wal.segment.SegmentReader;
import java.io.IOException;

/**
 * What the end of the log looks like: how far it is valid, what is behind that, and what is known durable. Immutable.
 *
 * @param last the last record before the first bad frame
 * @param validEnd where the first bad frame, or nothing, begins
 * @param tornEnd behind the last byte that is not zero; {@code validEnd} when all are
 * @param durable the highest number that the log says is on disk
 * @param highestSeen the highest number in any valid frame, also behind a bad one
 * @param validBehindBad whether a valid frame stands behind a bad one
 * @param sealed whether the log ended cleanly
 */
public record TailSurvey(
        long last,
        long validEnd,
        long tornEnd,
        long durable,
        long highestSeen,
        boolean validBehindBad,
        boolean sealed) {

    /**
     * @param checkpointed a number known to be on disk from elsewhere
     * @param handler gets the valid records
     */
    public static TailSurvey of(SegmentReader reader, long checkpointed, RecordHandler handler) throws IOException {
        reader.replay(Long.MAX_VALUE, handler);
        long implied = Math.max(checkpointed, reader.header().impliedDurable());
        long durable = Math.max(implied, reader.highestMark());
        if (reader.isSealed()) {
            return new TailSurvey(reader.last(), reader.offset(), reader.offset(), durable, reader.last(), false, true);
        }
        return lookPast(reader, durable);
    }

    private static TailSurvey lookPast(SegmentReader reader, long durable) throws IOException {
        long tornEnd = reader.offset();
        long highestMark = durable;
        long highestSeen = Math.max(reader.last(), reader.header().epoch().resume() - 1);
        boolean validBehindBad = false;
        for (long at = reader.offset(); at < reader.fileBytes(); at += FrameLayout.ALIGNMENT) {
            if (reader.word(at) == 0) {
                continue;
            }
            tornEnd = Math.min(at + FrameLayout.ALIGNMENT, reader.fileBytes());
            if (reader.isFrame(at)) {
                validBehindBad = true;
                highestMark = Math.max(highestMark, reader.mark());
                highestSeen = Math.max(highestSeen, reader.first() + reader.count() - 1);
            }
        }
        return new TailSurvey(reader.last(), reader.offset(), tornEnd, highestMark, highestSeen, validBehindBad, false);
    }

    /** The last record that stays where it is, or one that shares a frame with it. */
    long staysThrough() {
        return sealed ? last : durable;
    }

    boolean isTorn() {
        return tornEnd > validEnd;
    }
}
