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
    private long nextNumber;

    Confirms(OutputQueue output) {
        this.output = output;
    }

    /** @param refusal null when the messages were accepted */
    void add(long firstNumber, int count, int subscriptions, Refusal refusal) {
        boolean follows = output.isOpen(this) && firstNumber == nextNumber;
        if (follows && subscriptions == runSubscriptions && refusal == runRefusal) {
            buffer.putInt(runOffset, buffer.getInt(runOffset) + count);
        } else {
            addRun(firstNumber, count, subscriptions, refusal, follows);
        }
        nextNumber = firstNumber + count;
    }

    @Override
    public void close(ByteBuffer frame, int start) {
        FrameEncoder.close(frame, start);
    }

    private void addRun(long firstNumber, int count, int subscriptions, Refusal refusal, boolean follows) {
        int bytes = PublishLayout.RUN_BYTES + (refusal == null ? 0 : refusal.encodedText().length);
        buffer = follows ? output.extend(this, bytes) : null;
        if (buffer == null) {
            buffer = output.open(this, FrameLayout.HEADER_BYTES + bytes);
            AnswerEncoder.openConfirm(buffer, firstNumber);
        }
        runOffset = buffer.position();
        runSubscriptions = subscriptions;
        runRefusal = refusal;
        AnswerEncoder.run(buffer, count, subscriptions, refusal);
    }
}
