package io.blipmq.daemon;

import io.blipmq.broker.Broker;
import io.blipmq.daemon.logging.Logging;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The maintenance scheduler: posts ticks to the core, so that TTLs, expiry and checkpoints are looked after when no client
 * says anything. Owns the maintenance thread; thread-safe.
 */
final class Maintenance {
    /** TTL, expiry, summaries of repeated warnings. */
    private static final long TICK_MILLIS = 1_000;

    private final Broker broker;
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "maintenance");
        thread.setDaemon(true);
        return thread;
    });

    Maintenance(Broker broker) {
        this.broker = broker;
    }

    void start() {
        Runnable tick = broker::onTick;
        scheduler.scheduleWithFixedDelay(
                () -> broker.mailbox().post(tick), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        scheduler.scheduleWithFixedDelay(Logging::reportRepeats, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    void stop() {
        scheduler.shutdown();
    }
}
