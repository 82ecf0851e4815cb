package io.blipmq.metrics;

import io.blipmq.metrics.MetricsRegistry.CountAndNanos;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/** A registry in which every metric has a source: the guide's values, the process' own, and 1 for the rest. */
public final class FixedMetrics {
    private final Map<Metric, LongSupplier> values = new EnumMap<>(Metric.class);
    private final Map<Metric, String> labelValues = new EnumMap<>(Metric.class);
    private HistogramSnapshot histogram = HistogramSnapshot.EMPTY;

    public static FixedMetrics ofTheGuide() {
        return new FixedMetrics()
                .with(Metric.TOPICS, 3)
                .with(Metric.SUBSCRIBERS, 5)
                .with(Metric.MESSAGES_PUBLISHED, 12345)
                .with(Metric.MESSAGES_DELIVERED, 12001)
                .with(Metric.MESSAGES_INFLIGHT, 44)
                .with(Metric.WAL_APPENDS, 5678)
                .with(Metric.WAL_BYTES, 987654);
    }

    public FixedMetrics with(Metric metric, long value) {
        return with(metric, () -> value);
    }

    public FixedMetrics with(Metric metric, LongSupplier value) {
        values.put(metric, value);
        return this;
    }

    public FixedMetrics withLabel(Metric metric, String labelValue) {
        labelValues.put(metric, labelValue);
        return this;
    }

    public FixedMetrics withHistograms(HistogramSnapshot snapshot) {
        histogram = snapshot;
        return this;
    }

    public MetricsRegistry registry() {
        return builderWithout(EnumSet.noneOf(Metric.class)).build();
    }

    MetricsRegistry.Builder builderWithout(Set<Metric> forgotten) {
        MetricsRegistry.Builder builder = MetricsRegistry.builder();
        EnumSet<Metric> rest = EnumSet.allOf(Metric.class);
        rest.removeAll(forgotten);
        rest.removeIf(metric -> metric.prometheusName().matches("(process|jvm)_.*"));
        rest.forEach(metric -> bind(builder, metric));
        ProcessMetrics.bind(builder);
        JvmMetrics.bind(builder);
        return builder;
    }

    private void bind(MetricsRegistry.Builder builder, Metric metric) {
        LongSupplier value = values.getOrDefault(metric, () -> 1);
        String labelValue = labelValues.getOrDefault(metric, "some");
        switch (metric.type()) {
            case HISTOGRAM -> builder.histogram(metric, () -> histogram);
            case SUMMARY -> builder.summary(metric, Map.of(labelValue, new CountAndNanos(value, value)));
            case COUNTER, GAUGE -> {
                if (metric.isLabelled()) {
                    builder.labelled(metric, Map.of(labelValue, value));
                } else {
                    builder.value(metric, value);
                }
            }
        }
    }
}
