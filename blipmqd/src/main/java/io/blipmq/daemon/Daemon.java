package io.blipmq.daemon;

import io.blipmq.broker.Broker;
import io.blipmq.config.Settings;
import io.blipmq.daemon.logging.Logging;
import io.blipmq.daemon.threads.AgentThread;
import io.blipmq.daemon.threads.CoreAndLogThreads;
import io.blipmq.daemon.threads.CoreAndLogThreads.CoreShare;
import io.blipmq.metrics.DutyCycle;
import io.blipmq.metrics.Health;
import io.blipmq.metrics.Liveness;
import io.blipmq.metrics.http.HttpEndpoint;
import io.blipmq.net.EventLoop;
import io.blipmq.net.NetMetrics;
import io.blipmq.net.NetOptions;
import io.blipmq.net.blip.BlipProtocol;
import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.StorageFailedException;
import io.blipmq.wal.Wal;
import io.blipmq.wal.WalOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running daemon: makes and wires every part, in the order in which they need each other, and takes them down again.
 * Thread-safe: {@link #shutdown}, {@link #endDrain} and {@link #awaitEnd} may be called by any thread.
 */
final class Daemon {
    private static final Logger log = LoggerFactory.getLogger(Daemon.class);

    /** Clients whose requests wait this long are better off with another try. */
    private static final long UNREADY_TURN_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** How long a start may take to notice that it is to end; a container engine kills after 10 s. */
    private static final long START_MILLIS_MAX = 8_000;

    private static final String OUT_OF_MEMORY =
            "the memory is too small for what is in the log, such as a message that is"
                    + " larger than this start accepts; give the daemon as much memory as it had before";

    private final Settings settings;
    private final String version;
    private final long startNanos = System.nanoTime();
    private final StartProgress progress = new StartProgress();
    private final CountDownLatch startEnded = new CountDownLatch(1);
    private final CountDownLatch drainEnded = new CountDownLatch(1);
    private final CompletableFuture<Integer> end = new CompletableFuture<>();

    private Wal wal;
    private Broker broker;
    private EventLoop loop;
    private NetMetrics netMetrics;
    private BlipProtocol protocol;
    private HttpEndpoint http;
    private CoreAndLogThreads brokerAndLog;
    private AgentThread prepareThread;
    private Maintenance maintenance;
    private Liveness coreHealth;
    private long startMillis;
    private String servedWhere;
    private volatile DaemonState state = DaemonState.STARTING;

    Daemon(Settings settings, String version) {
        this.settings = settings;
        this.version = version;
    }

    /**
     * Opens and replays the log, then serves clients and scrapes. Called once.
     *
     * @return false when {@link #shutdown} has ended the start
     * @throws StartException when something keeps it from running; whatever was started is stopped again
     */
    boolean start() throws StartException {
        boolean started = false;
        try {
            open();
            started = true;
            return true;
        } catch (StartProgress.StoppedException e) {
            log.info("stopped during the start, as requested");
            return false;
        } catch (IOException e) {
            throw new StartException(e.getMessage(), e);
        } finally {
            if (!started) {
                abandon();
            }
            startEnded.countDown();
        }
    }

    private void open() throws IOException, StartException {
        log.info("starting blipmqd {} on {}", version, settings.log().path());
        MemoryBudgets memory = memory();
        WalOptions options = Mapping.walOptions(settings, memory);
        NetOptions net = Mapping.netOptions(memory, options);
        openLog(options, memory);
        StartLines.log(wal, settings.log().path());
        netMetrics = new NetMetrics();
        loop = new EventLoop(broker, net, netMetrics);
        protocol = Mapping.protocol(settings, version, broker, net, netMetrics);
        makeThreads(options.forcePolicy());
        progress.step("starting to listen");
        InetSocketAddress address = loop.listen(Mapping.address(settings), protocol);
        startThreads();
        http.serve(new Observation(this).bindings());
        state = DaemonState.RUNNING;
        startMillis = millisSince(startNanos);
        servedWhere = "clients on " + as(settings.broker(), address) + ", metrics on http://"
                + as(settings.metrics(), http.address()) + "/metrics, fsync_policy "
                + settings.log().fsyncPolicy();
    }

    private MemoryBudgets memory() throws StartException {
        int connectionsWanted = settings.limits().maxConnections();
        MemoryBudgets memory = MemoryBudgets.ofProcess(connectionsWanted);
        log.info(memory.describe(connectionsWanted));
        memory.warning(MemoryBudgets.memoryBytes()).ifPresent(log::warn);
        return memory;
    }

    /** The ports are looked at before anything is made of the log or changed in it; nobody is let in before it is replayed. */
    private void openLog(WalOptions options, MemoryBudgets memory) throws IOException, StartException {
        try (LogStart start = LogStart.claim(settings, options)) {
            EventLoop.checkAddress(Mapping.address(settings));
            http = HttpEndpoint.start(metricsAddress(), progress::health, progress::readiness);
            log.info("readiness is reported on http://{}/readyz", as(settings.metrics(), http.address()));
            progress.step("opening the log");
            try {
                broker = start.open(memory, progress);
            } finally {
                wal = start.wal();
            }
        }
    }

    private InetSocketAddress metricsAddress() {
        return new InetSocketAddress(
                settings.metrics().host(), settings.metrics().port());
    }

    /** Logs that clients and scrapes are served, and where. */
    void announce() {
        log.info("blipmqd {} is ready after {} ms: {}", version, startMillis, servedWhere);
    }

    private void makeThreads(ForcePolicy policy) {
        brokerAndLog = new CoreAndLogThreads(
                Agents.core(loop, wal.appender()),
                Agents.log(wal.agent()),
                policy.storedMeansForced() ? CoreShare.FORCES : CoreShare.WRITES,
                this::onBrokerFailure,
                this::onStorageFailure);
        prepareThread = new AgentThread("log-prepare", Agents.background(wal.background()), this::onStorageFailure);
        wal.agent().onStored(loop::wakeup);
        wal.background().onPrepared(loop::wakeup);
        broker.mailbox().onPost(loop::wakeup);
        maintenance = new Maintenance(broker);
        coreHealth = new Liveness(List.of(brokerAndLog.coreCycle()), System::nanoTime, UNREADY_TURN_NANOS);
    }

    private void startThreads() {
        prepareThread.start();
        brokerAndLog.start();
        maintenance.start();
    }

    /** Closes what a failed start has opened, and leaves the log with a clean end: no thread has begun to use it. */
    private void abandon() {
        try {
            if (http != null) {
                http.close();
            }
            if (wal != null) {
                wal.appender().seal();
                while (!wal.agent().isSealed()) {
                    wal.agent().doWork(System.nanoTime());
                }
                wal.close();
            }
            if (loop != null) {
                loop.closeAll();
            }
        } catch (IOException | StorageFailedException e) {
            log.warn("the log could not be closed; the next start recovers it", e);
        }
    }

    /**
     * Waits until the daemon has ended.
     *
     * @return the status to end the process with
     */
    int awaitEnd() throws InterruptedException {
        return end.join();
    }

    /**
     * Ends the daemon gracefully, or its start; returns when everything is stored and closed. Called by the shutdown hook.
     */
    void shutdown() throws InterruptedException {
        progress.stop();
        // One that does not end by then is cut off, as by a crash, and the next one recovers the log.
        startEnded.await(START_MILLIS_MAX, TimeUnit.MILLISECONDS);
        if (state != DaemonState.RUNNING) {
            return;
        }
        state = DaemonState.SHUTTING_DOWN;
        new Shutdown(this).run();
        state = DaemonState.STOPPED;
        end.complete(ExitStatus.OK);
    }

    /** Ends the wait of a shutdown for acknowledgements. */
    void endDrain() {
        drainEnded.countDown();
    }

    private void onBrokerFailure(Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            halt(ExitStatus.FAILED, OUT_OF_MEMORY, failure);
            return;
        }
        if (failure instanceof StorageFailedException) {
            onStorageFailure(failure);
            return;
        }
        halt(ExitStatus.FAILED, "the broker failed and cannot go on", failure);
    }

    private void onStorageFailure(Throwable failure) {
        halt(
                ExitStatus.STORAGE_FAILED,
                "the log's storage failed: nothing is confirmed any more; check the disk, then start again",
                failure);
    }

    /** Ends at once: after a failure nothing may be confirmed, and no hook may pretend otherwise. */
    private void halt(int status, String what, Throwable failure) {
        state = DaemonState.FAILED;
        try {
            logFailure(what, failure);
            Logging.flush();
        } finally {
            Runtime.getRuntime().halt(status);
        }
    }

    /** What failed storage says is enough for an operator; anything else is a bug, whose place matters. */
    private static void logFailure(String what, Throwable failure) {
        if (failure instanceof StorageFailedException) {
            log.error("{}: {}", what, failure.getMessage());
        } else {
            log.error("{}: {}", what, failure.getMessage(), failure);
        }
    }

    /** Whether clients are served, and if not, why. */
    Health readiness() {
        if (state != DaemonState.RUNNING) {
            return Health.down(state.text());
        }
        Health core = coreHealth.get();
        if (!core.isUp()) {
            return core;
        }
        return wal.metrics().isFull() ? Health.down("disk full") : remarks();
    }

    /** Clients are served; but what should not be forgotten at once is said. */
    private Health remarks() {
        List<String> remarks = Stream.of(
                        StartLines.remark(wal.salvage()), Logging.trouble().map(text -> "but " + text))
                .flatMap(Optional::stream)
                .toList();
        return remarks.isEmpty() ? Health.ok() : new Health(true, "ok, " + String.join(", ", remarks));
    }

    static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }

    /** The address as it was configured, which the socket may call otherwise, with the port that was taken. */
    private static Settings.Endpoint as(Settings.Endpoint configured, InetSocketAddress address) {
        return new Settings.Endpoint(configured.host(), address.getPort());
    }

    // --- the parts, for Shutdown and Observation ---

    Settings settings() {
        return settings;
    }

    String version() {
        return version;
    }

    Wal wal() {
        return wal;
    }

    Broker broker() {
        return broker;
    }

    EventLoop loop() {
        return loop;
    }

    NetMetrics netMetrics() {
        return netMetrics;
    }

    BlipProtocol protocol() {
        return protocol;
    }

    HttpEndpoint http() {
        return http;
    }

    Maintenance maintenance() {
        return maintenance;
    }

    CountDownLatch drainEnded() {
        return drainEnded;
    }

    /** The core's first. */
    List<DutyCycle> dutyCycles() {
        return List.of(brokerAndLog.coreCycle(), brokerAndLog.logCycle(), prepareThread.dutyCycle());
    }

    void stopThreads() throws InterruptedException {
        brokerAndLog.stop();
        prepareThread.stop();
    }
}
