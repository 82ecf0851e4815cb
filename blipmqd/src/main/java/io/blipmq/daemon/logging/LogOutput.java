package io.blipmq.daemon.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Writes the log on a thread of its own, so that a reader who stands still keeps nobody but that thread waiting.
 * Thread-safe: whoever logs puts a finished line into a bounded queue; a line that finds it full is dropped and counted.
 *
 * <p>The dropped ones are reported by {@link Logging#reportRepeats} once there is room again. {@link #flush} waits for the lines
 * that were logged before, but no longer than it is told to.
 */
final class LogOutput extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /** Many times what a start or a shutdown says; a few hundred KiB of usual lines. */
    static final int LINES_MAX = 1024;

    /** A write that takes longer than this finds nobody who reads. */
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(1);

    static final String NAME = "stdout";

    private static final long NOT_WRITING = -1;

    private final LineLayout layout;
    private final OutputStream out;
    private final LongSupplier nanoClock;
    private final BlockingQueue<String> lines;
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong reported = new AtomicLong();
    private final long startNanos;
    /** Since the start; only the writing thread sets it. */
    private volatile long writeBeganNanos = NOT_WRITING;
    /** Guarded by the monitor, on which {@link #flush} waits. */
    private long written;

    LogOutput(LineLayout layout, OutputStream out, int linesMax, LongSupplier nanoClock) {
        this.layout = layout;
        this.out = out;
        this.nanoClock = nanoClock;
        this.lines = new ArrayBlockingQueue<>(linesMax);
        this.startNanos = nanoClock.getAsLong();
        setName(NAME);
    }

    @Override
    public void start() {
        super.start();
        Thread writer = new Thread(this::writeLines, "log-output");
        writer.setDaemon(true);
        writer.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        String line = layout.doLayout(event);
        accepted.incrementAndGet();
        if (!lines.offer(line)) {
            accepted.decrementAndGet();
            dropped.incrementAndGet();
        }
    }

    /** Lines that found the queue full since the start. */
    long droppedCount() {
        return dropped.get();
    }

    /** How long the write that goes on has taken, 0 when there is none or it has just begun. */
    long stalledNanos() {
        long began = writeBeganNanos;
        long nanos = began == NOT_WRITING ? 0 : nanoClock.getAsLong() - startNanos - began;
        return nanos < STALL_NANOS ? 0 : nanos;
    }

    /**
     * Hands over the number of lines that were dropped since the last report, when one more line has a place.
     *
     * @return 0 when none were, or the report would be dropped as well
     */
    long takeDropped() {
        long now = dropped.get();
        return lines.remainingCapacity() == 0 ? 0 : now - reported.getAndSet(now);
    }

    /**
     * Waits until everything that was logged before has been written.
     *
     * @return false when the time was over before
     */
    synchronized boolean flush(long millisMax) throws InterruptedException {
        long wanted = accepted.get();
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millisMax);
        while (written < Math.min(wanted, accepted.get())) {
            long leftNanos = endNanos - System.nanoTime();
            if (leftNanos <= 0) {
                return false;
            }
            wait(1 + TimeUnit.NANOSECONDS.toMillis(leftNanos));
        }
        return true;
    }

    private void writeLines() {
        while (true) {
            String line = nextLine();
            writeBeganNanos = nanoClock.getAsLong() - startNanos;
            write(line.getBytes(StandardCharsets.UTF_8));
            writeBeganNanos = NOT_WRITING;
            onWritten();
        }
    }

    /** Nobody interrupts this thread; it ends with the process. */
    private String nextLine() {
        try {
            return lines.take();
        } catch (InterruptedException e) {
            throw new IllegalStateException("the log output was interrupted", e);
        }
    }

    /** Where there is no reader any more, there is nobody to tell. */
    private void write(byte[] line) {
        try {
            out.write(line);
            out.flush();
        } catch (IOException e) {
            dropped.incrementAndGet();
        }
    }

    private synchronized void onWritten() {
        written++;
        notifyAll();
    }
}
