package io.blipmq.broker.simulation;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What the {@link Model} held when the broker made a checkpoint, for a start that finds the checkpoint again. Owned by the
 * simulation's thread.
 */
final class Snapshots {
    private final List<Snapshot> kept = new ArrayList<>();
    private Snapshot begun;

    /** @param sequence the last command that is in it */
    record Snapshot(
            long sequence,
            long nanos,
            long millis,
            ByteBuffer content,
            List<ModelSubscription> subscriptions,
            ModelPublishIds publishIds,
            List<ModelSchedule.Scheduled> scheduled) {}

    /** A checkpoint is on disk: older ones cannot come back. */
    void onDurable(long sequence) {
        kept.removeIf(older -> older.sequence < sequence);
    }

    /** The broker begins to make one of what is held now. */
    void begin(
            long sequence,
            long nanos,
            long millis,
            List<ModelSubscription> subscriptions,
            ModelPublishIds publishIds,
            List<ModelSchedule.Scheduled> scheduled) {
        begun = new Snapshot(sequence, nanos, millis, null, subscriptions, publishIds, scheduled);
    }

    /** The broker has made it. */
    void end(ByteBuffer content) {
        kept.add(new Snapshot(
                begun.sequence,
                begun.nanos,
                begun.millis,
                content.duplicate(),
                begun.subscriptions,
                begun.publishIds,
                begun.scheduled));
    }

    /** The newest with this number and content. */
    Snapshot find(long sequence, ByteBuffer content) {
        for (int i = kept.size() - 1; i >= 0; i--) {
            Snapshot snapshot = kept.get(i);
            if (snapshot.sequence == sequence && snapshot.content.equals(content)) {
                return snapshot;
            }
        }
        throw new AssertionError("a start found a checkpoint of " + sequence + " that nobody made");
    }
}
