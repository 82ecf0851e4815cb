package io.blipmq.broker.simulation;

import io.blipmq.wal.ForcePolicy;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What a crash may cost under a force policy, from what the log thread has been seen to do. Owned by the simulation's
 * thread.
 */
final class LossWindow {
    private final ForcePolicy policy;
    /** When the log thread had written up to a number. */
    private final TreeMap<Long, Long> writtenNanos = new TreeMap<>();

    private long startSequence;
    private long storedSequence;
    private long lastStepNanos;

    LossWindow(ForcePolicy policy) {
        this.policy = policy;
    }

    /** A start makes durable what it found. */
    void onStart(long lastSequence) {
        writtenNanos.clear();
        startSequence = lastSequence;
        storedSequence = lastSequence;
        lastStepNanos = Long.MIN_VALUE;
    }

    /** The log thread has completed a step. */
    void onLogStep(long nowNanos, long newStoredSequence) {
        lastStepNanos = nowNanos;
        if (newStoredSequence > storedSequence) {
            storedSequence = newStoredSequence;
            writtenNanos.put(newStoredSequence, nowNanos);
        }
    }

    /** The log ended cleanly. */
    void onSealed(long lastSequence) {
        onStart(lastSequence);
    }

    /** The last number that the death of the process must not cost. */
    long requiredAfterKill(History history) {
        return Math.max(storedSequence, history.appliedSequence());
    }

    /** The last number that a power loss must not cost. */
    long requiredAfterPowerLoss(History history) {
        if (policy instanceof ForcePolicy.Always) {
            storedSequence = Math.max(storedSequence, history.appliedSequence());
        }
        return lastForced(history.entries());
    }

    private long lastForced(List<History.Entry> history) {
        long recordsSince = 0;
        for (int i = history.size() - 1; i >= 0; i--) {
            History.Entry entry = history.get(i);
            if (entry.sequence() <= startSequence) {
                break;
            }
            if (entry.sequence() <= storedSequence) {
                recordsSince++;
                if (entry.command().wantsForce() && isForced(entry.sequence(), recordsSince)) {
                    return entry.sequence();
                }
            }
        }
        return startSequence;
    }

    /** @param recordsSince how many were written from this one on */
    private boolean isForced(long sequence, long recordsSince) {
        if (policy instanceof ForcePolicy.Always) {
            return true;
        } else if (policy instanceof ForcePolicy.EveryN everyN) {
            return recordsSince >= everyN.records() || isOlderThan(TimeUnit.SECONDS.toNanos(1), sequence);
        } else if (policy instanceof ForcePolicy.IntervalMillis interval) {
            return isOlderThan(TimeUnit.MILLISECONDS.toNanos(interval.millis()), sequence);
        }
        return false;
    }

    private boolean isOlderThan(long nanos, long sequence) {
        Map.Entry<Long, Long> written = writtenNanos.ceilingEntry(sequence);
        return lastStepNanos - written.getValue() >= nanos;
    }
}
