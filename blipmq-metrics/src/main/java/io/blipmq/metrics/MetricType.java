package io.blipmq.metrics;

/** Immutable: the type of a metric as the Prometheus text format names it. */
enum MetricType {
    /** Only grows while the process lives; its name ends in {@code _total}. */
    COUNTER("counter"),
    /** Goes up and down. */
    GAUGE("gauge"),
    /** Counts per upper bound, with a sum. */
    HISTOGRAM("histogram"),
    /** A count with a sum. */
    SUMMARY("summary");

    private final String text;

    MetricType(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
