package io.blipmq.daemon;

import io.blipmq.broker.Broker;
import io.blipmq.broker.BrokerCounters;
import io.blipmq.broker.BrokerMetric;
import io.blipmq.broker.SubscriptionInfo;
import io.blipmq.daemon.logging.Logging;
import io.blipmq.metrics.Agents;
import io.blipmq.metrics.DutyCycle;
import io.blipmq.metrics.Health;
import io.blipmq.metrics.HistogramSnapshot;
import io.blipmq.metrics.JvmMetrics;
import io.blipmq.metrics.Liveness;
import io.blipmq.metrics.Metric;
import io.blipmq.metrics.MetricsRegistry;
import io.blipmq.metrics.ProcessMetrics;
import io.blipmq.metrics.RuntimeSnapshot;
import io.blipmq.metrics.TimeSummary;
import io.blipmq.metrics.http.HttpBindings;
import io.blipmq.net.NetMetric;
import io.blipmq.net.ProtocolMetrics;
import io.blipmq.wal.WalMetrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Where the pages of the HTTP server get their values: counters that the owning threads publish, and questions to the
 * core by its mailbox. Immutable; its suppliers are called by the HTTP threads.
 */
final class Observation {
    /** A turn that takes longer than this means that a thread hangs; a force of a busy disk may take long. */
    private static final long TURN_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);
    /** The core never waits for a force. */
    private static final long CORE_TURN_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

    private final Daemon daemon;

    Observation(Daemon daemon) {
        this.daemon = daemon;
    }

    HttpBindings bindings() {
        Optional<Supplier<RuntimeSnapshot>> console =
                daemon.settings().runtimeConsole() ? Optional.of(this::runtime) : Optional.empty();
        return new HttpBindings(registry(), this::health, daemon::readiness, this::subscriptions, console);
    }

    private Health health() {
        List<DutyCycle> cycles = daemon.dutyCycles();
        Health core = new Liveness(cycles.subList(0, 1), System::nanoTime, CORE_TURN_NANOS_MAX).get();
        return core.isUp() ? new Liveness(cycles, System::nanoTime, TURN_NANOS_MAX).get() : core;
    }

    /** Asks the core for page after page, each in a turn of its own. */
    private CompletableFuture<List<SubscriptionInfo>> subscriptions(int countMax) {
        return subscriptionsBehind(0, countMax, new ArrayList<>());
    }

    private CompletableFuture<List<SubscriptionInfo>> subscriptionsBehind(
            long id, int countMax, List<SubscriptionInfo> found) {
        Broker broker = daemon.broker();
        return CoreCalls.ask(broker.mailbox(), () -> broker.subscriptionsBehind(id, countMax - found.size()))
                .thenCompose(page -> {
                    found.addAll(page);
                    return page.isEmpty()
                            ? CompletableFuture.completedFuture(found)
                            : subscriptionsBehind(page.get(page.size() - 1).id(), countMax, found);
                });
    }

    private MetricsRegistry registry() {
        MetricsRegistry.Builder builder = MetricsRegistry.builder();
        bindBroker(builder);
        bindNet(builder);
        bindLog(builder);
        builder.value(Metric.LOG_LINES_DROPPED, Logging::droppedCount);
        builder.labelled(Metric.BUILD_INFO, Map.of(daemon.version(), () -> 1L));
        Agents.bind(builder, daemon.dutyCycles());
        ProcessMetrics.bind(builder);
        JvmMetrics.bind(builder);
        return builder.build();
    }

    private void bindBroker(MetricsRegistry.Builder builder) {
        builder.value(Metric.TOPICS, broker(BrokerMetric.TOPICS))
                .value(Metric.FILTERS, broker(BrokerMetric.FILTERS))
                .value(Metric.ROUTES_FOUND, broker(BrokerMetric.ROUTES_FOUND))
                .value(Metric.SUBSCRIBERS, broker(BrokerMetric.SUBSCRIPTIONS))
                .value(Metric.SUBSCRIPTIONS_DETACHED, broker(BrokerMetric.SUBSCRIPTIONS_DETACHED))
                .value(Metric.MESSAGES_PUBLISHED, broker(BrokerMetric.PUBLISHED))
                .value(Metric.MESSAGES_DUPLICATE, broker(BrokerMetric.DUPLICATES))
                .value(Metric.MESSAGES_DELIVERED, broker(BrokerMetric.DELIVERED))
                .value(Metric.MESSAGES_INFLIGHT, broker(BrokerMetric.IN_FLIGHT))
                .value(Metric.MESSAGES_DELAYED, broker(BrokerMetric.DELAYED))
                .value(Metric.MESSAGES_SCHEDULED, broker(BrokerMetric.SCHEDULED))
                .value(Metric.MESSAGES_ACKNOWLEDGED, broker(BrokerMetric.ACKNOWLEDGED))
                .value(Metric.MESSAGES_REDELIVERED, broker(BrokerMetric.REDELIVERED))
                .value(Metric.MESSAGES_NACKED, broker(BrokerMetric.NACKED))
                .value(Metric.MESSAGES_REJECTED, broker(BrokerMetric.REJECTED))
                .value(Metric.MESSAGES_DEAD_LETTERED, broker(BrokerMetric.DEAD_LETTERED))
                .value(Metric.MESSAGES_REDRIVEN, broker(BrokerMetric.REDRIVEN))
                .labelled(
                        Metric.MESSAGES_DROPPED,
                        Map.of(
                                "qos0_queue_full", broker(BrokerMetric.DROPPED_QUEUE_FULL),
                                "connection_ended", broker(BrokerMetric.DROPPED_CONNECTION_ENDED),
                                "ttl_expired", broker(BrokerMetric.DROPPED_TTL_EXPIRED),
                                "dead_letter_expired", broker(BrokerMetric.DROPPED_DEAD_LETTER_EXPIRED),
                                "dead_letter_purged", broker(BrokerMetric.PURGED)))
                .labelled(
                        Metric.SUBSCRIPTIONS_REMOVED,
                        Map.of(
                                "expired", broker(BrokerMetric.SUBSCRIPTIONS_EXPIRED),
                                "backlog_too_large", broker(BrokerMetric.SUBSCRIPTIONS_OVERGROWN),
                                "deleted", broker(BrokerMetric.SUBSCRIPTIONS_DELETED)))
                .value(Metric.SUBSCRIPTIONS_TAKEN_OVER, broker(BrokerMetric.SUBSCRIPTIONS_TAKEN_OVER))
                .labelled(
                        Metric.PUBLISHES_REFUSED,
                        Map.of(
                                "disk_full", broker(BrokerMetric.REFUSED_DISK_FULL),
                                "shutting_down", broker(BrokerMetric.REFUSED_SHUTTING_DOWN)));
    }

    private void bindNet(MetricsRegistry.Builder builder) {
        builder.value(Metric.CONNECTIONS, net(NetMetric.CONNECTIONS))
                .labelled(Metric.SESSIONS, Map.of("1", version(1)::sessions, "2", version(2)::sessions))
                .labelled(Metric.FRAMES_RECEIVED, Map.of("1", version(1)::packetsIn, "2", version(2)::packetsIn))
                .value(Metric.CONNECTIONS_ACCEPTED, net(NetMetric.CONNECTIONS_ACCEPTED))
                .labelled(
                        Metric.CONNECTIONS_REJECTED,
                        Map.of(
                                "max_connections", net(NetMetric.CONNECTIONS_REJECTED_LIMIT),
                                "accept_failed", net(NetMetric.ACCEPT_FAILURES)))
                .labelled(
                        Metric.CONNECTIONS_TIMED_OUT,
                        Map.of(
                                "handshake", net(NetMetric.HANDSHAKE_TIMEOUTS),
                                "frame", net(NetMetric.PARTIAL_PACKET_TIMEOUTS),
                                "output", net(NetMetric.OUTPUT_TIMEOUTS)))
                .value(Metric.NETWORK_RECEIVED, net(NetMetric.BYTES_IN))
                .value(Metric.NETWORK_SENT, net(NetMetric.BYTES_OUT))
                .value(Metric.AUTH_FAILURES, net(NetMetric.AUTH_FAILURES))
                .value(Metric.PROTOCOL_ERRORS, net(NetMetric.PROTOCOL_ERRORS));
    }

    private void bindLog(MetricsRegistry.Builder builder) {
        WalMetrics log = daemon.wal().metrics();
        builder.value(Metric.WAL_APPENDS, log::appends)
                .value(Metric.WAL_BYTES, log::bytes)
                .value(Metric.WAL_FSYNCS, log::forces)
                .histogram(Metric.WAL_FSYNC_DURATION, () -> HistogramSnapshot.of(log.forceNanos()))
                .histogram(Metric.WAL_COMMIT_DURATION, () -> HistogramSnapshot.of(log.commitNanos()))
                .value(Metric.WAL_SEGMENTS, log::segments)
                .value(Metric.WAL_DISK, log::logBytes)
                .value(Metric.WAL_UNSTORED, log::unstoredBytes)
                .value(Metric.WAL_DISK_FULL, () -> log.isFull() ? 1 : 0)
                .value(Metric.WAL_TORN, log::tornBytes)
                .value(Metric.WAL_LOST_RANGES, () -> daemon.wal().salvage().lostRanges())
                .value(Metric.WAL_CHECKPOINTS, log::checkpoints)
                .value(Metric.WAL_SEGMENTS_DELETED, log::segmentsDeleted)
                .value(Metric.WAL_SEGMENTS_COMPACTED, log::segmentsCompacted)
                .value(Metric.WAL_SEGMENTS_SCRUBBED, log::segmentsScrubbed)
                .value(Metric.WAL_DAMAGES, log::damages);
    }

    private RuntimeSnapshot runtime() {
        Map<String, Long> depths = new LinkedHashMap<>();
        depths.put("log bytes not stored yet", daemon.wal().metrics().unstoredBytes());
        depths.put("output bytes not taken by clients", daemon.netMetrics().get(NetMetric.OUTPUT_BYTES));
        depths.put("input bytes of unfinished frames", daemon.netMetrics().get(NetMetric.ASSEMBLY_BYTES));
        return new RuntimeSnapshot(
                Agents.stats(daemon.dutyCycles(), System.nanoTime()),
                depths,
                TimeSummary.of(daemon.wal().metrics().forceNanos()));
    }

    private LongSupplier broker(BrokerMetric metric) {
        BrokerCounters counters = daemon.broker().counters();
        return () -> counters.published(metric);
    }

    private ProtocolMetrics version(int number) {
        return daemon.protocol().metrics(number);
    }

    private LongSupplier net(NetMetric metric) {
        return () -> daemon.netMetrics().get(metric);
    }
}
