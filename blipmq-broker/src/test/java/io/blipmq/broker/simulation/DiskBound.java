package io.blipmq.broker.simulation;

import io.blipmq.wal.WalLimits;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What the log may take on disk when its background thread has nothing left to do. Owned by the simulation's thread.
 *
 * <p>The bound: twice what the live messages take in compacted segments, three segments (the current one, the one behind it
 * that no checkpoint covers yet, the prepared one), those that are not counted yet where limits let few be counted at a
 * time, and for each older segment its header; a segment is there only while something in it is live or it is one of these.
 * Beside them are an index for each, one checkpoint, a ballast that the checkpoint determines, and nothing else but the lock
 * and what was torn.
 */
final class DiskBound {
    private static final long SEGMENT_OVERHEAD_BYTES = 4_096 + 40 + 8;
    private static final int UNCOVERED_SEGMENTS = 3;
    /** By how many segments the counting may be behind when one a checkpoint is counted. */
    private static final int UNCOUNTED_SEGMENTS_MAX = 6;

    private static final int STEPS_MAX = 5_000;
    private static final int CHECKPOINTS_MIN = 3;
    private static final int PASSES_MAX = 4;

    private static final int MESSAGE_BYTES = 16 + 22;
    private static final int LETTER_BYTES = 16 + 20;

    private final SimulatedMachine machine;
    private final Model model;
    private final Turns turns;

    DiskBound(SimulatedMachine machine, Model model, Turns turns) {
        this.machine = machine;
        this.model = model;
        this.turns = turns;
    }

    /** @param commander makes a few commands, so that there is reason for a checkpoint */
    void check(Runnable commander) throws IOException {
        machine.storage().limitBytes(Long.MAX_VALUE);
        int checkpointsMax = checkpointsMax(count(DiskBound::isSegment));
        for (int i = 0; i < CHECKPOINTS_MIN || i < checkpointsMax && excess() != null; i++) {
            commander.run();
            turns.postTick();
            awaitCheckpoint();
        }
        model.checkBacklogs(machine.broker());
        checkFiles();
        String excess = excess();
        Check.that(excess == null, () -> excess + ": " + calls());
        checkBallast();
    }

    /**
     * Each checkpoint counts a few segments and rewrites a run of a few neighbours at least; what it writes is counted and
     * rewritten again, until nothing is worth it.
     */
    private int checkpointsMax(int segments) {
        WalLimits limits = machine.walLimits();
        return CHECKPOINTS_MIN + PASSES_MAX * (segments / limits.countedMax() + 2 * segments / limits.mergedMax());
    }

    private void awaitCheckpoint() {
        turns.turn(1_000);
        for (int i = 0; i < 5 || isBehind(); i++) {
            Check.that(i < STEPS_MAX, () -> "the core finds no end");
            turns.stepAll();
        }
        machine.passCheckpointInterval();
        turns.stepAll();
        for (int i = 0; machine.stepBackground() > 0 || machine.broker().isCheckpointing(); i++) {
            Check.that(i < STEPS_MAX, () -> "the background thread finds no end");
            machine.stepLog();
            turns.turn(0);
        }
    }

    private boolean isBehind() {
        return machine.broker().isTickUnderWay()
                || model.history().appliedSequence() < model.history().lastSequence();
    }

    private void checkFiles() throws IOException {
        List<String> names = machine.storage().list();
        for (String name : names) {
            boolean index = name.endsWith("index");
            String segment = name.endsWith(".index") ? name.replace(".index", ".segment") : name.replace("-index", "");
            Check.that(!index || names.contains(segment), () -> name + " is without its segment");
            Check.that(!name.endsWith(".tmp"), () -> name + " is left behind");
        }
    }

    /** What is more than the bound; null if nothing is. */
    private String excess() throws IOException {
        Map<Long, Long> live = new HashMap<>();
        model.durable().values().forEach(subscription -> addLive(subscription, live));
        long scheduled = 0;
        for (long bytes : model.schedule().recordBytes()) {
            live.put(--scheduled, bytes);
        }
        long liveBytes = live.values().stream().mapToLong(Long::longValue).sum();
        int segments = count(DiskBound::isSegment);
        int others = UNCOVERED_SEGMENTS
                + UNCOUNTED_SEGMENTS_MAX / machine.walLimits().countedMax();
        if (segments > live.size() + others) {
            return segments + " segments for " + live.size() + " live messages";
        }
        long found = bytes(DiskBound::isSegment) + bytes(name -> name.endsWith(".prepared"));
        long bound = 2 * liveBytes + segments * SEGMENT_OVERHEAD_BYTES + others * (long) machine.segmentBytes();
        return found <= bound
                ? null
                : "segments take " + found + " bytes, more than " + bound + ", for " + liveBytes + " live bytes in "
                        + live.size() + " messages";
    }

    private void checkBallast() throws IOException {
        long ballast = bytes("ballast"::equals);
        long ballastMax = 4 * (machine.segmentBytes() / 8 + bytes("checkpoint"::equals));
        Check.that(ballast <= ballastMax, () -> "the ballast takes " + ballast + ", more than " + ballastMax);
    }

    private static void addLive(ModelSubscription subscription, Map<Long, Long> live) {
        long key = Subscribed.text(subscription.topic).length() + (subscription.deadLetters ? LETTER_BYTES : 0);
        for (ModelMessage message : subscription.unsettled.values()) {
            String hex = subscription.deadLetters ? message.letterProperties : message.properties;
            long properties = hex.length() / 2;
            live.put(message.tag, (MESSAGE_BYTES + key + properties + message.payload.length() + 7) / 8 * 8);
        }
    }

    private static boolean isSegment(String name) {
        return name.endsWith(".segment") || name.endsWith(".compacted");
    }

    private int count(Predicate<String> wanted) throws IOException {
        return (int) machine.storage().list().stream().filter(wanted).count();
    }

    private long bytes(Predicate<String> wanted) throws IOException {
        SimulatedStorage storage = machine.storage();
        return storage.list().stream()
                .filter(wanted)
                .mapToLong(name -> storage.content(name).length)
                .sum();
    }

    private String calls() {
        return String.join(" ", machine.storage().list());
    }
}
