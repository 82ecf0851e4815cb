package io.blipmq.wal.append;

import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.StorageFailedException;
import io.blipmq.wal.WalAgent;
import io.blipmq.wal.segment.FrameLayout;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes submitted frames, forces them when the {@link ForceSchedule} says so, and publishes what is stored. Owned by the
 * thread that runs the log's turn, {@link #doWork}, or the part of it that needs no force, {@link #write}.
 */
public final class LogWriter implements WalAgent {
    private final FrameRing ring;
    private final Waker waker;
    private final SegmentWriter writer;
    private final DurableState durable;
    private final LogMetrics metrics;
    private final ForceSchedule schedule;

    private volatile Runnable onStored = () -> {};
    private volatile boolean sealed;

    /** Frames written, as an index of the ring; and the last record in them. */
    private long written;

    private long writtenSequence;
    private long published;
    private boolean sealWritten;

    // Frames that are going to be written in one call: a stretch of one chunk.
    private ByteBuffer runView;
    private int runStart;
    private int runEnd;
    private int runOffset;

    /** Until a force is due; the log thread reads it where it waits. */
    private volatile long delayNanos = ForceSchedule.NEVER;

    private StorageFailedException failure;

    public LogWriter(
            FrameRing ring,
            Waker waker,
            SegmentWriter writer,
            DurableState durable,
            LogMetrics metrics,
            ForcePolicy policy,
            long lastSequence) {
        this.ring = ring;
        this.waker = waker;
        this.writer = writer;
        this.durable = durable;
        this.metrics = metrics;
        this.schedule = new ForceSchedule(policy);
        this.writtenSequence = lastSequence;
    }

    @Override
    public void onStored(Runnable wakeup) {
        onStored = wakeup;
    }

    @Override
    public boolean awaitWork(long timeoutNanos) {
        long delay = delayNanos;
        boolean woken = waker.await(Math.min(timeoutNanos, delay));
        return woken || delay != ForceSchedule.NEVER;
    }

    @Override
    public void wakeup() {
        waker.wake();
    }

    @Override
    public int doWork(long nowNanos) {
        return run(nowNanos, true);
    }

    @Override
    public boolean write(long nowNanos) {
        if (schedule.storedMeansForced()) {
            throw new IllegalStateException("what is not forced is not stored");
        }
        if (schedule.isDue(nowNanos)) {
            return true; // more records would be more than the policy lets a power loss take
        }
        run(nowNanos, false);
        return written < ring.submitted() || isForceDue(nowNanos);
    }

    /** @param whole whether what needs a force is done as well: the next segment, the seal, a force that is due */
    private int run(long nowNanos, boolean whole) {
        if (failure != null) {
            throw failure;
        }
        try {
            return cycle(nowNanos, whole);
        } catch (IOException e) {
            failure = new StorageFailedException(
                    "the log cannot be written: segment " + writer.name() + ": " + e.getMessage(), e);
            throw failure;
        } catch (RuntimeException | Error e) {
            failure = new StorageFailedException("the log thread failed at segment " + writer.name(), e);
            throw e;
        }
    }

    private int cycle(long nowNanos, boolean whole) throws IOException {
        int frames = writeSubmitted(nowNanos, whole);
        if (!schedule.storedMeansForced()) {
            publish();
        }
        int forces = whole ? forceIfDue(nowNanos) : 0;
        publish();
        delayNanos = schedule.delayNanos(nowNanos);
        sealed = sealWritten;
        return frames + forces;
    }

    private int writeSubmitted(long nowNanos, boolean whole) throws IOException {
        long end = ring.submitted();
        long begin = written;
        while (written < end) {
            Frame frame = ring.at(written);
            if (!whole && (frame.ordinal != writer.ordinal() || frame.kind == FrameLayout.KIND_SEAL)) {
                break;
            }
            if (frame.ordinal != writer.ordinal()) {
                roll(frame);
            }
            if (frame.kind == FrameLayout.KIND_SEAL) {
                writeSeal(frame);
            } else {
                addToRun(frame);
            }
            written++;
            writtenSequence = frame.last;
            schedule.onWritten(frame.count, ring.forceRequested() > durable.forcedSequence(), nowNanos);
        }
        writeRun();
        return (int) (written - begin);
    }

    private void addToRun(Frame frame) throws IOException {
        if (frame.chunk.logView != runView) {
            writeRun();
            runView = frame.chunk.logView;
            runStart = frame.start;
            runEnd = frame.start;
            runOffset = frame.offset;
        }
        writer.complete(frame, durable.forcedSequence());
        runEnd += frame.length;
        metrics.frameWritten(frame.count, frame.length);
    }

    private void writeRun() throws IOException {
        if (runView != null) {
            writer.write(runView, runStart, runEnd, runOffset);
            durable.marked(durable.forcedSequence());
            runView = null;
        }
    }

    private void roll(Frame frame) throws IOException {
        writeRun();
        writer.close(writtenSequence);
        onForced();
        writer.openNext(frame.ordinal, frame.first);
    }

    /** The seal says that all before it is durable, so that has to be true first. */
    private void writeSeal(Frame frame) throws IOException {
        writeRun();
        writer.force();
        onForced();
        addToRun(frame);
        writeRun();
        writer.close(frame.last);
        sealWritten = true;
    }

    private int forceIfDue(long nowNanos) throws IOException {
        if (!isForceDue(nowNanos)) {
            return 0;
        }
        writer.force();
        onForced();
        return 1;
    }

    private boolean isForceDue(long nowNanos) {
        return schedule.isDue(nowNanos) || durable.isForceRequested();
    }

    private void onForced() {
        durable.forced(writtenSequence);
        schedule.onForced();
    }

    private void publish() {
        if (published == written) {
            return;
        }
        metrics.framesStored(ring, published, written);
        published = written;
        ring.publishStored(written, writtenSequence);
        onStored.run();
    }

    @Override
    public boolean isSealed() {
        return sealed;
    }

    public void close() throws IOException {
        writer.closeFile();
    }
}
