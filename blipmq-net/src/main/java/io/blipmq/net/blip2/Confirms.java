package io.blipmq.net.blip2;

import io.blipmq.net.OutputQueue;
import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.v2.AnswerEncoder;
import io.blipmq.protocol.v2.PublishLayout;
import java.nio.ByteBuffer;

/**
 * Writes CONFIRMs into a connection's output, and joins those whose numbers follow on: into one run when they say the same,
 * else into one frame, as long as nothing comes between them in a turn. Owned by the broker thread.
 */
final class Confirms implements OutputQueue.Opener {
    private final OutputQueue output;
    private ByteBuffer buffer;
    private int runOffset;
    private int runSubscriptions;
    private Refusal runRefusal;
    private boolean runDuplicates;
    private long nextNumber;

    Confirms(OutputQueue output) {
        this.output = output;
    }

    /** @param refusal null when the messages were accepted */
    void add(long firstNumber, int count, int subscriptions, Refusal refusal) {
        add(firstNumber, count, subscriptions, refusal, false);
    }

    /** Messages that had been stored before. */
    void addDuplicates(long firstNumber, int count, int subscriptions) {
        add(firstNumber, count, subscriptions, null, true);
    }

    private void add(long firstNumber, int count, int subscriptions, Refusal refusal, boolean duplicates) {
        boolean follows = output.isOpen(this) && firstNumber == nextNumber;
        boolean same = subscriptions == runSubscriptions && refusal == runRefusal && duplicates == runDuplicates;
        if (follows && same) {
            buffer.putInt(runOffset, buffer.getInt(runOffset) + count);
        } else {
            int bytes = duplicates
                    ? AnswerEncoder.duplicatesBytes()
                    : PublishLayout.RUN_BYTES + (refusal == null ? 0 : refusal.encodedText().length);
            beginRun(firstNumber, bytes, follows);
            runSubscriptions = subscriptions;
            runRefusal = refusal;
            runDuplicates = duplicates;
            writeRun(count);
        }
        nextNumber = firstNumber + count;
    }

    private void writeRun(int count) {
        if (runDuplicates) {
            AnswerEncoder.duplicates(buffer, count, runSubscriptions);
        } else {
            AnswerEncoder.run(buffer, count, runSubscriptions, runRefusal);
        }
    }

    @Override
    public void close(ByteBuffer frame, int start) {
        FrameEncoder.close(frame, start);
    }

    private void beginRun(long firstNumber, int bytes, boolean follows) {
        buffer = follows ? output.extend(this, bytes) : null;
        if (buffer == null) {
            buffer = output.open(this, FrameLayout.HEADER_BYTES + bytes);
            AnswerEncoder.openConfirm(buffer, firstNumber);
        }
        runOffset = buffer.position();
    }
}
