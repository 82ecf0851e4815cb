package io.blipmq.daemon;

import io.blipmq.broker.Broker;
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
 *   <li>wait until what is in flight is acknowledged, while anybody is connected who could do so, and until the log has
 *       taken every acknowledgement, for {@code shutdown_drain_ms} at most or until a second signal
 *   <li>write a checkpoint, seal and force the log, which stores what was accepted, and let its answers leave; what a full
 *       disk has no room for is given up, and said
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
                daemon.loop().announceShutdown((int) Math.min(Integer.MAX_VALUE, drainMillis()));
                daemon.broker().beginShutdown();
                daemon.loop().closeListeners();
                return null;
            });
            log.info("shutting down: publishes are refused, deliveries in flight may be acknowledged");
            daemon.maintenance().stop();
            drain();
            boolean checkpointed = checkpoint();
            boolean sealed = seal(checkpointed);
            close();
            summarize(sealed, startNanos);
        } catch (InterruptedException | ExecutionException | TimeoutException | IOException e) {
            log.error("the shutdown did not complete; the next start recovers the log", e);
        }
        Logging.reportAllRepeats();
        Logging.flush();
    }

    private void drain() throws InterruptedException, ExecutionException, TimeoutException {
        Condition over = () -> daemon.drainEnded().getCount() == 0
                || waitingAcknowledgements() == 0 && (inFlight() == 0 || !isAnybodyConnected());
        waitFor(over, drainMillis());
        long left = inFlight();
        if (left > 0) {
            log.info("not acknowledged, and so redelivered after the next start: {} in flight", left);
        }
    }

    private long drainMillis() {
        return daemon.settings().limits().shutdownDrainMillis();
    }

    private long inFlight() throws InterruptedException, ExecutionException, TimeoutException {
        return onCore(daemon.broker()::inflightMessageCount);
    }

    private int waitingAcknowledgements() throws InterruptedException, ExecutionException, TimeoutException {
        return onCore(daemon.broker()::waitingAcknowledgementCount);
    }

    private boolean isAnybodyConnected() {
        return daemon.netMetrics().get(NetMetric.CONNECTIONS) > 0;
    }

    /**
     * Keeps the state, so that the next start has next to nothing to replay; without it, it replays more.
     *
     * @return whether it is written
     */
    private boolean checkpoint() throws InterruptedException, ExecutionException, TimeoutException {
        long givenUpBefore = daemon.wal().metrics().checkpointsGivenUp();
        boolean begun = waitFor(() -> onCore(daemon.broker()::checkpoint), CHECKPOINT_MILLIS_MAX);
        boolean written = begun
                && waitFor(() -> !onCore(daemon.broker()::isCheckpointing), CHECKPOINT_MILLIS_MAX)
                && daemon.wal().metrics().checkpointsGivenUp() == givenUpBefore;
        if (!written) {
            log.info("no checkpoint could be written; the next start replays the log from the last one");
        }
        return written;
    }

    /**
     * @param checkpointed whether the acknowledgements that waited for room before the checkpoint are kept by it
     * @return whether everything is forced and the log has its end mark
     */
    private boolean seal(boolean checkpointed) throws InterruptedException, ExecutionException, TimeoutException {
        Broker broker = daemon.broker();
        waitFor(() -> waitingAcknowledgements() == 0 || onCore(broker::isOutOfRoom), SEAL_MILLIS_MAX);
        int lost = onCore(() -> {
            broker.seal();
            return checkpointed
                    ? broker.waitingAcknowledgementCountSinceCheckpoint()
                    : broker.waitingAcknowledgementCount();
        });
        if (lost > 0) {
            log.warn(
                    "{} acknowledgements could not be written for lack of room on the disk: their messages are"
                            + " redelivered after the next start",
                    lost);
        }
        boolean sealed = waitFor(() -> daemon.wal().agent().isSealed(), SEAL_MILLIS_MAX);
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
