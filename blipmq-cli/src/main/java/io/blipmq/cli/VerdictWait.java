package io.blipmq.cli;

import io.blipmq.client.Delivery;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Owned by the main thread, with a timer of its own. Keeps a delivery from timing out while somebody decides about it: to the
 * client it is with its handler, so the client asks for no more time for it.
 */
final class VerdictWait implements AutoCloseable {
    /** The client extends what waits in its queue as often: one that is late is not too late. */
    private static final int EXTENSIONS_IN_TIMEOUT = 3;

    private final Duration ackTimeout;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(run -> {
        Thread thread = new Thread(run, "blipmq-verdicts");
        thread.setDaemon(true);
        return thread;
    });
    /** What somebody decides about; null between two. Extending it when it has just been settled has no effect. */
    private volatile Delivery undecided;

    VerdictWait(Duration ackTimeout) {
        this.ackTimeout = ackTimeout;
        long everyNanos = ackTimeout.toNanos() / EXTENSIONS_IN_TIMEOUT;
        timer.scheduleAtFixedRate(this::extend, everyNanos, everyNanos, TimeUnit.NANOSECONDS);
    }

    private void extend() {
        Delivery delivery = undecided;
        if (delivery != null) {
            delivery.extend(ackTimeout);
        }
    }

    /** Somebody decides about this delivery from now on. */
    void begin(Delivery delivery) {
        undecided = delivery;
    }

    /** The decision is there, or none is going to come. */
    void end() {
        undecided = null;
    }

    @Override
    public void close() {
        timer.shutdown();
    }
}
