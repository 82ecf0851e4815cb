package io.blipmq.metrics;

import static io.blipmq.metrics.MetricType.COUNTER;
import static io.blipmq.metrics.MetricType.GAUGE;
import static io.blipmq.metrics.MetricType.HISTOGRAM;
import static io.blipmq.metrics.MetricType.SUMMARY;

/**
 * Immutable: every metric of the daemon, in the order of the exposition.
 *
 * <p>The first seven names are the operations guide's and never change. The others begin with {@code blipmq_}, or with
 * {@code process_} and {@code jvm_} where a name is customary. A source gives whole numbers; that of a metric whose
 * name says seconds gives nanoseconds, and the exposition prints them as seconds.
 */
public enum Metric {
    TOPICS("topics", GAUGE, "Topics that a subscription or an undelivered message needs."),
    SUBSCRIBERS("subscribers", GAUGE, "Subscriptions, detached ones too."),
    MESSAGES_PUBLISHED("messages_published_total", COUNTER, "Publishes accepted since the start."),
    MESSAGES_DELIVERED("messages_delivered_total", COUNTER, "Deliveries since the start, redeliveries too."),
    MESSAGES_INFLIGHT("messages_inflight", GAUGE, "Messages delivered and not settled, those due again too."),
    WAL_APPENDS("wal_appends_total", COUNTER, "Records appended to the log since the start."),
    WAL_BYTES("wal_bytes_total", COUNTER, "Bytes appended to the log since the start."),

    MESSAGES_DUPLICATE(
            "blipmq_messages_duplicate_total",
            COUNTER,
            "Messages confirmed and not stored since the start, because one with the same publish id had been."),
    SUBSCRIPTIONS_DETACHED("blipmq_subscriptions_detached", GAUGE, "Durable subscriptions without a connection."),
    MESSAGES_DELAYED("blipmq_messages_delayed", GAUGE, "Messages that wait for a nack's delay or a retry backoff."),
    MESSAGES_SCHEDULED("blipmq_messages_scheduled", GAUGE, "Messages that are stored to be delivered later."),
    MESSAGES_ACKNOWLEDGED(
            "blipmq_messages_acknowledged_total", COUNTER, "Deliveries that a client acknowledged since the start."),
    MESSAGES_REDELIVERED(
            "blipmq_messages_redelivered_total",
            COUNTER,
            "Deliveries since the start that were not the first of their message and subscription."),
    MESSAGES_NACKED(
            "blipmq_messages_nacked_total",
            COUNTER,
            "Deliveries that a client gave back to be delivered again since the start."),
    MESSAGES_REJECTED("blipmq_messages_rejected_total", COUNTER, "Deliveries that a client rejected since the start."),
    MESSAGES_DEAD_LETTERED(
            "blipmq_messages_dead_lettered_total",
            COUNTER,
            "Messages moved to a dead-letter topic since the start, rejected ones too."),
    MESSAGES_REDRIVEN(
            "blipmq_messages_redriven_total",
            COUNTER,
            "Dead letters sent back to the subscription they failed in since the start."),
    MESSAGES_DROPPED(
            "blipmq_messages_dropped_total",
            COUNTER,
            "reason",
            "Messages that left a subscription unacknowledged since the start, by reason."),
    SUBSCRIPTIONS_REMOVED(
            "blipmq_subscriptions_removed_total",
            COUNTER,
            "reason",
            "Durable subscriptions removed with their messages since the start, by reason."),
    FILTERS("blipmq_filters", GAUGE, "Filters of topics that a subscription or an undelivered message needs."),
    ROUTES_FOUND(
            "blipmq_routes_found_total",
            COUNTER,
            "How often the filters that match a topic were looked for since the start: once per topic and change."),
    SUBSCRIPTIONS_TAKEN_OVER(
            "blipmq_subscriptions_taken_over_total",
            COUNTER,
            "Subscriptions that moved to another connection while one held them since the start."),
    PUBLISHES_REFUSED(
            "blipmq_publishes_refused_total",
            COUNTER,
            "reason",
            "Well-formed publishes answered with a NACK since the start, by reason."),

    CONNECTIONS("blipmq_connections", GAUGE, "Client connections that are open."),
    SESSIONS(
            "blipmq_sessions",
            GAUGE,
            "version",
            "Client connections that have shown a known key, by the protocol version that they speak."),
    FRAMES_RECEIVED(
            "blipmq_frames_received_total",
            COUNTER,
            "version",
            "Frames handled since the start, by protocol version; those before HELLO are of version 1."),
    CONNECTIONS_ACCEPTED("blipmq_connections_accepted_total", COUNTER, "Client connections accepted since the start."),
    CONNECTIONS_REJECTED(
            "blipmq_connections_rejected_total",
            COUNTER,
            "reason",
            "Client connections closed as soon as they were accepted since the start, by reason."),
    CONNECTIONS_TIMED_OUT(
            "blipmq_connections_timed_out_total",
            COUNTER,
            "reason",
            "Client connections closed since the start because their peer was too slow, by what it left unfinished."),
    NETWORK_RECEIVED(
            "blipmq_network_received_bytes_total", COUNTER, "Bytes read from client connections since the start."),
    NETWORK_SENT("blipmq_network_sent_bytes_total", COUNTER, "Bytes written to client connections since the start."),
    AUTH_FAILURES("blipmq_auth_failures_total", COUNTER, "AUTH frames with an unknown key since the start."),
    PROTOCOL_ERRORS(
            "blipmq_protocol_errors_total",
            COUNTER,
            "Connections closed since the start because their peer broke the protocol."),

    WAL_FSYNCS("blipmq_wal_fsyncs_total", COUNTER, "Forces of the log's files to storage since the start."),
    WAL_FSYNC_DURATION(
            "blipmq_wal_fsync_duration_seconds", HISTOGRAM, "How long a force of the log's files to storage took."),
    WAL_COMMIT_DURATION(
            "blipmq_wal_commit_duration_seconds",
            HISTOGRAM,
            "How long a batch of records took from its append until it was stored under the fsync policy."),
    WAL_SEGMENTS("blipmq_wal_segments", GAUGE, "Segment files of the log."),
    WAL_DISK("blipmq_wal_disk_bytes", GAUGE, "Bytes that the log's files take on disk."),
    WAL_UNSTORED("blipmq_wal_unstored_bytes", GAUGE, "Bytes appended to the log and not stored yet."),
    WAL_DISK_FULL(
            "blipmq_wal_disk_full", GAUGE, "1 while QoS 1 publishes are refused because the disk is full, else 0."),
    WAL_TORN(
            "blipmq_wal_torn_bytes",
            GAUGE,
            "Bytes of a torn tail that the start of this process cut off the log and set aside."),

    WAL_LOST_RANGES(
            "blipmq_wal_lost_ranges",
            GAUGE,
            "Ranges of records that the start of this process found damaged, gave up and told in its log."),

    WAL_CHECKPOINTS("blipmq_wal_checkpoints_total", COUNTER, "Checkpoints written since the start."),
    WAL_SEGMENTS_DELETED(
            "blipmq_wal_segments_deleted_total",
            COUNTER,
            "Segments that nobody needed any more, deleted since the start."),
    WAL_SEGMENTS_COMPACTED(
            "blipmq_wal_segments_compacted_total", COUNTER, "Sparse segments rewritten into fewer since the start."),
    WAL_SEGMENTS_SCRUBBED(
            "blipmq_wal_segments_scrubbed_total", COUNTER, "Closed segments verified by the scrub since the start."),
    WAL_DAMAGES("blipmq_wal_damages_total", COUNTER, "Damage that the scrub found in closed segments since the start."),

    AGENT_BUSY("blipmq_agent_busy_seconds_total", COUNTER, "agent", "Time that an agent's thread spent in its turns."),
    AGENT_TURNS("blipmq_agent_turns_total", COUNTER, "agent", "Turns of an agent's duty cycle since the start."),
    LOG_LINES_DROPPED(
            "blipmq_log_lines_dropped_total",
            COUNTER,
            "Lines of the daemon's own log output dropped since the start, because nobody read standard output."),
    BUILD_INFO("blipmq_build_info", GAUGE, "version", "Always 1; the label says which version of BlipMQ runs."),

    PROCESS_START_TIME("process_start_time_seconds", GAUGE, "When the process started, in seconds since 1970."),
    PROCESS_CPU("process_cpu_seconds_total", COUNTER, "Processor time that the process has used."),
    PROCESS_RESIDENT_MEMORY("process_resident_memory_bytes", GAUGE, "Memory of the process that is resident."),
    PROCESS_OPEN_FDS("process_open_fds", GAUGE, "File descriptors that are open."),
    PROCESS_MAX_FDS("process_max_fds", GAUGE, "File descriptors that the process may have open."),
    JVM_MEMORY_USED("jvm_memory_used_bytes", GAUGE, "area", "Memory of the JVM in use."),
    JVM_MEMORY_COMMITTED("jvm_memory_committed_bytes", GAUGE, "area", "Memory that the JVM has claimed."),
    JVM_MEMORY_MAX("jvm_memory_max_bytes", GAUGE, "area", "Memory that the JVM may use at most."),
    JVM_BUFFER_POOL_USED(
            "jvm_buffer_pool_used_bytes", GAUGE, "pool", "Memory of the JVM's direct and mapped buffers in use."),
    JVM_GC("jvm_gc_collection_seconds", SUMMARY, "gc", "Number and total time of garbage collections."),
    JVM_THREADS("jvm_threads_current", GAUGE, "Threads of the JVM.");

    /** What a source gives when this machine cannot tell the value: the sample is left out. */
    public static final long ABSENT = Long.MIN_VALUE;

    private final String prometheusName;
    private final MetricType type;
    private final String label;
    private final String help;

    Metric(String prometheusName, MetricType type, String help) {
        this(prometheusName, type, "", help);
    }

    Metric(String prometheusName, MetricType type, String label, String help) {
        this.prometheusName = prometheusName;
        this.type = type;
        this.label = label;
        this.help = help;
    }

    /** The name in the exposition. */
    public String prometheusName() {
        return prometheusName;
    }

    MetricType type() {
        return type;
    }

    /** The name of the one label that tells this metric's samples apart; empty for a metric of one sample. */
    String label() {
        return label;
    }

    String help() {
        return help;
    }

    boolean isLabelled() {
        return !label.isEmpty();
    }

    /** Whether the source's nanoseconds are printed as seconds. */
    boolean isInSeconds() {
        return prometheusName.contains("_seconds");
    }
}
