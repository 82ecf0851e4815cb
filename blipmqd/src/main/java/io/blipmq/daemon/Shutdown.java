package io.blipmq.daemon;

import io.blipmq.broker.BrokerMetric;
import io.blipmq.daemon.logging.Logging;
import io.blipmq.net.NetMetric;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The six steps of a graceful end. Owned by the thread of the shutdown hook, which talks to the core by its mailbox.
 *
 * <ol>
 *   <li>tell clients that can be told, refuse publishes and new deliveries, and let nobody in any more
 *   <li>stop the maintenance ticks
 *   <li>wait until what is in flight is acknowledged, while anybody is connected who could do so, for
 *       {@code shutdown_drain_ms} at most or until a second signal
 *   <li>write a checkpoint, seal and force the log, which stores what was accepted, and let its answers leave
 *   <li>close the sockets, end the threads, release the log
 *   <li>log a summary
 * </ol>
 */
final class Shutdown {
    private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

    private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** A turn of the core is far shorter; one that is not answered by then never is. */
    private static final long CORE_MILLIS_MAX = 5_000;

    private static final long CHECKPOINT_MILLIS_MAX = 5_000;
    /** A force may take long on a bad day; after this the next start recovers the log as it is. */
    private static final long SEAL_MILLIS_MAX = 30_000;
    /** Peers that do not read their last answers are not waited for. */
    private static final long ANSWERS_MILLIS_MAX = 500;

    private final Daemon daemon;

    /** Something to wait for, asked again and again. */
    private interface Condition {
        boolean isMet() throws InterruptedException, ExecutionException, TimeoutException;
    }

    Shutdown(Daemon daemon) {
        this.daemon = daemon;
    }

    void run() {
        long startNanos = System.nanoTime();
        try {
            onCore(() -> {
                daemon.loop().goAway((int) daemon.settings().limits().shutdownDrainMillis());
                daemon.broker().beginShutdown();
                daemon.loop().closeListener();
                return null;
            });
            log.info("shutting down: publishes are refused, deliveries in flight may be acknowledged");
            daemon.maintenance().stop();
            drain();
            checkpoint();
            boolean sealed = seal();
            close();
            summarize(sealed, startNanos);
        } catch (InterruptedException | ExecutionException | TimeoutException | IOException e) {
            log.error("the shutdown did not complete; the next start recovers the log", e);
        }
        Logging.reportAllRepeats();
    }

    private void drain() throws InterruptedException, ExecutionException, TimeoutException {
        long drainMillis = daemon.settings().limits().shutdownDrainMillis();
        Condition over = () ->
                inFlight() == 0 || !isAnybodyConnected() || daemon.drainEnded().getCount() == 0;
        waitFor(over, drainMillis);
        long left = inFlight();
        if (left > 0) {
            log.info("not acknowledged, and so redelivered after the next start: {} in flight", left);
        }
    }

    private long inFlight() throws InterruptedException, ExecutionException, TimeoutException {
        return onCore(daemon.broker()::inflightMessageCount);
    }

    private boolean isAnybodyConnected() {
        return daemon.netMetrics().get(NetMetric.CONNECTIONS) > 0;
    }

    /** Keeps the state, so that the next start has next to nothing to replay; without it, it replays more. */
    private void checkpoint() throws InterruptedException, ExecutionException, TimeoutException {
        boolean begun = waitFor(() -> onCore(daemon.broker()::checkpoint), CHECKPOINT_MILLIS_MAX);
        if (!begun || !waitFor(() -> !daemon.wal().isCheckpointing(), CHECKPOINT_MILLIS_MAX)) {
            log.info("no checkpoint could be written; the next start replays the log from the last one");
        }
    }

    /** @return whether everything is forced and the log has its end mark */
    private boolean seal() throws InterruptedException, ExecutionException, TimeoutException {
        boolean sealed = waitFor(() -> onCore(daemon.broker()::seal), SEAL_MILLIS_MAX)
                && waitFor(() -> daemon.wal().agent().isSealed(), SEAL_MILLIS_MAX);
        waitFor(() -> onCore(daemon.loop()::flushed), ANSWERS_MILLIS_MAX);
        return sealed;
    }

    private void close() throws InterruptedException, ExecutionException, TimeoutException, IOException {
        onCore(() -> {
            daemon.loop().closeConnections();
            return null;
        });
        daemon.stopThreads();
        daemon.loop().closeAll();
        daemon.http().close();
        daemon.wal().close();
    }

    private void summarize(boolean sealed, long startNanos) {
        log.info(
                "stopped after {} ms: {} published, {} delivered, {} acknowledged, {} in flight, log {}",
                Daemon.millisSince(startNanos),
                count(BrokerMetric.PUBLISHED),
                count(BrokerMetric.DELIVERED),
                count(BrokerMetric.ACKNOWLEDGED),
                count(BrokerMetric.IN_FLIGHT),
                sealed ? "sealed" : "NOT sealed: the next start recovers it");
    }

    private long count(BrokerMetric metric) {
        return daemon.broker().counters().published(metric);
    }

    private <T> T onCore(Callable<T> call) throws InterruptedException, ExecutionException, TimeoutException {
        return CoreCalls.ask(daemon.broker().mailbox(), call).get(CORE_MILLIS_MAX, TimeUnit.MILLISECONDS);
    }

    private static boolean waitFor(Condition condition, long millisMax)
            throws InterruptedException, ExecutionException, TimeoutException {
        long startNanos = System.nanoTime();
        while (!condition.isMet()) {
            if (Daemon.millisSince(startNanos) >= millisMax) {
                return false;
            }
            LockSupport.parkNanos(CHECK_NANOS);
        }
        return true;
    }
}
