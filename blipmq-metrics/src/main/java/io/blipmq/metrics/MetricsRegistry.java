package io.blipmq.metrics;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Every {@link Metric} with its source. Immutable, and as thread-safe as its sources, which the threads of scrapes
 * call: they read what has been published and wait for nobody.
 */
public final class MetricsRegistry {
    private final Map<Metric, Source> sources;

    private MetricsRegistry(Map<Metric, Source> sources) {
        this.sources = sources;
    }

    /** Starts the binding of all metrics. */
    public static Builder builder() {
        return new Builder();
    }

    /** The exposition in the Prometheus text format, UTF-8. */
    public byte[] expose() {
        ExpositionWriter out = new ExpositionWriter();
        sources.forEach((metric, source) -> source.writeTo(out, metric));
        return out.toBytes();
    }

    /** The content type of {@link #expose}. */
    public static String contentType() {
        return ExpositionWriter.CONTENT_TYPE;
    }

    /** Count and total time of something that a {@link MetricType#SUMMARY} tells. */
    public record CountAndNanos(LongSupplier count, LongSupplier nanos) {}

    private interface Source {
        void writeTo(ExpositionWriter out, Metric metric);
    }

    /** Binds each metric once. Owned by the thread that wires the daemon. */
    public static final class Builder {
        private final Map<Metric, Source> sources = new EnumMap<>(Metric.class);

        private Builder() {}

        /** Binds a metric of one sample. */
        public Builder value(Metric metric, LongSupplier value) {
            require(metric, !metric.isLabelled(), Set.of(MetricType.COUNTER, MetricType.GAUGE));
            return bind(metric, (out, m) -> writeValue(out, m, value.getAsLong()));
        }

        /** Binds a metric whose samples differ in the value of its label. */
        public Builder labelled(Metric metric, Map<String, ? extends LongSupplier> byLabelValue) {
            require(metric, metric.isLabelled(), Set.of(MetricType.COUNTER, MetricType.GAUGE));
            Map<String, LongSupplier> sorted = sorted(metric, byLabelValue);
            return bind(metric, (out, m) -> writeLabelled(out, m, sorted));
        }

        /** Binds a histogram. */
        public Builder histogram(Metric metric, Supplier<HistogramSnapshot> snapshot) {
            require(metric, !metric.isLabelled(), Set.of(MetricType.HISTOGRAM));
            return bind(metric, (out, m) -> {
                out.family(m);
                out.histogram(m, snapshot.get());
            });
        }

        /** Binds a summary whose samples differ in the value of its label. */
        public Builder summary(Metric metric, Map<String, CountAndNanos> byLabelValue) {
            require(metric, metric.isLabelled(), Set.of(MetricType.SUMMARY));
            Map<String, CountAndNanos> sorted = sorted(metric, byLabelValue);
            return bind(metric, (out, m) -> {
                out.family(m);
                sorted.forEach((label, source) -> out.summary(
                        m, label, source.count().getAsLong(), source.nanos().getAsLong()));
            });
        }

        /**
         * Ends the binding.
         *
         * @throws IllegalStateException when a metric has no source
         */
        public MetricsRegistry build() {
            Set<Metric> forgotten = EnumSet.allOf(Metric.class);
            forgotten.removeAll(sources.keySet());
            if (!forgotten.isEmpty()) {
                throw new IllegalStateException("metrics without a source: "
                        + forgotten.stream().map(Metric::prometheusName).collect(Collectors.joining(", ")));
            }
            return new MetricsRegistry(new EnumMap<>(sources));
        }

        private Builder bind(Metric metric, Source source) {
            if (sources.putIfAbsent(metric, source) != null) {
                throw new IllegalStateException(metric.prometheusName() + " has a source already");
            }
            return this;
        }

        private static void require(Metric metric, boolean labelFits, Set<MetricType> types) {
            if (!labelFits || !types.contains(metric.type())) {
                throw new IllegalArgumentException(metric.prometheusName() + " is a "
                        + metric.type().text() + (metric.isLabelled() ? " with" : " without")
                        + " a label: bind it by the method for that");
            }
        }

        private static <T> Map<String, T> sorted(Metric metric, Map<String, ? extends T> byLabelValue) {
            if (byLabelValue.isEmpty()) {
                throw new IllegalArgumentException(metric.prometheusName() + " needs at least one " + metric.label());
            }
            return new TreeMap<>(byLabelValue);
        }

        private static void writeValue(ExpositionWriter out, Metric metric, long value) {
            if (value != Metric.ABSENT) {
                out.family(metric);
                out.sample(metric, value);
            }
        }

        private static void writeLabelled(ExpositionWriter out, Metric metric, Map<String, LongSupplier> sources) {
            Map<String, Long> present = new TreeMap<>();
            sources.forEach((label, source) -> present.put(label, source.getAsLong()));
            present.values().removeIf(value -> value == Metric.ABSENT);
            if (!present.isEmpty()) {
                out.family(metric);
                present.forEach((label, value) -> out.sample(metric, label, value));
            }
        }
    }
}
