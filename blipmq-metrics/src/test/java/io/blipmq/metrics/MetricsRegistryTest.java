package io.blipmq.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsRegistryTest {
    private static String text(MetricsRegistry registry) {
        return new String(registry.expose(), StandardCharsets.UTF_8);
    }

    private static HistogramSnapshot someDurations() {
        Histogram histogram = new Histogram(3);
        Stream.of(20_000L, 50_000L, 60_000L, 3_000_000L, 9_000_000_000L).forEach(histogram::recordValue);
        return HistogramSnapshot.of(histogram);
    }

    @Test
    void theSevenMetricsOfTheGuideComeFirstAsWholeNumbers() {
        String samples = text(FixedMetrics.ofTheGuide().registry())
                .lines()
                .filter(line -> !line.startsWith("#"))
                .limit(7)
                .reduce("", (all, line) -> all + line + "\n");

        assertThat(samples).isEqualTo("""
                topics 3
                subscribers 5
                messages_published_total 12345
                messages_delivered_total 12001
                messages_inflight 44
                wal_appends_total 5678
                wal_bytes_total 987654
                """);
    }

    @Test
    void everyMetricHasItsFamilyAndAtLeastOneSample() {
        Exposition exposition = Exposition.check(
                text(FixedMetrics.ofTheGuide().withHistograms(someDurations()).registry()));

        for (Metric metric : Metric.values()) {
            assertThat(exposition.types())
                    .containsEntry(metric.prometheusName(), metric.type().text());
            assertThat(exposition.samples().keySet()).anyMatch(sample -> sample.startsWith(metric.prometheusName()));
        }
    }

    @Test
    void namesOutsideTheGuideSayWhoseTheyAre() {
        for (Metric metric : EnumSet.range(Metric.SUBSCRIPTIONS_DETACHED, Metric.JVM_THREADS)) {
            assertThat(metric.prometheusName()).matches("(blipmq|process|jvm)_[a-z_]+");
        }
    }

    @Test
    void labelValuesAreEscaped() {
        MetricsRegistry registry = FixedMetrics.ofTheGuide()
                .withLabel(Metric.BUILD_INFO, "1.0 \"é\\\n")
                .registry();

        assertThat(text(registry)).contains("\nblipmq_build_info{version=\"1.0 \\\"é\\\\\\n\"} 1\n");
        Exposition.check(text(registry));
    }

    @Test
    void nanosecondsBecomeSecondsWithoutRounding() {
        FixedMetrics metrics = FixedMetrics.ofTheGuide();
        String name = "blipmq_agent_busy_seconds_total{agent=\"some\"} ";

        assertThat(text(metrics.with(Metric.AGENT_BUSY, 2_000_000_000L).registry()))
                .contains(name + "2\n");
        assertThat(text(metrics.with(Metric.AGENT_BUSY, 1_500_000_001L).registry()))
                .contains(name + "1.500000001\n");
        assertThat(text(metrics.with(Metric.AGENT_BUSY, 50_000L).registry())).contains(name + "0.00005\n");
        assertThat(text(metrics.with(Metric.AGENT_BUSY, Long.MAX_VALUE).registry()))
                .contains(name + "9223372036.854775807\n");
    }

    @Test
    void histogramsCountUpToEachBound() {
        Map<String, String> samples = Exposition.check(text(FixedMetrics.ofTheGuide()
                        .withHistograms(someDurations())
                        .registry()))
                .samples();

        String bucket = "blipmq_wal_fsync_duration_seconds_bucket";
        assertThat(samples)
                .containsEntry(bucket + "{le=\"0.00005\"}", "2")
                .containsEntry(bucket + "{le=\"0.0001\"}", "3")
                .containsEntry(bucket + "{le=\"0.0025\"}", "3")
                .containsEntry(bucket + "{le=\"0.005\"}", "4")
                .containsEntry(bucket + "{le=\"2.5\"}", "4")
                .containsEntry(bucket + "{le=\"+Inf\"}", "5")
                .containsEntry("blipmq_wal_fsync_duration_seconds_count", "5");
        assertThat(Double.parseDouble(samples.get("blipmq_wal_fsync_duration_seconds_sum")))
                .isBetween(8.99, 9.02);
    }

    @Test
    void aHistogramThatFallsIsRefused() {
        long[] bounds = {1, 2};

        assertThatThrownBy(() -> new HistogramSnapshot(new long[] {2, 1}, bounds, 0, 2))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HistogramSnapshot(new long[] {1, 3}, bounds, 0, 2))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HistogramSnapshot(new long[] {1}, bounds, 0, 2))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aValueThatTheMachineCannotTellIsLeftOut() {
        MetricsRegistry registry = FixedMetrics.ofTheGuide()
                .with(Metric.WAL_DISK, Metric.ABSENT)
                .with(Metric.AGENT_TURNS, Metric.ABSENT)
                .registry();

        assertThat(text(registry)).doesNotContain("blipmq_wal_disk_bytes").doesNotContain("blipmq_agent_turns_total");
        Exposition.check(text(registry));
    }

    @Test
    void aForgottenMetricIsNamed() {
        MetricsRegistry.Builder builder =
                FixedMetrics.ofTheGuide().builderWithout(EnumSet.of(Metric.TOPICS, Metric.WAL_FSYNC_DURATION));

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("metrics without a source: topics, blipmq_wal_fsync_duration_seconds");
    }

    @Test
    void aMetricIsBoundOnceAndByItsKind() {
        MetricsRegistry.Builder builder = MetricsRegistry.builder().value(Metric.TOPICS, () -> 1);

        assertThatThrownBy(() -> builder.value(Metric.TOPICS, () -> 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> builder.value(Metric.MESSAGES_DROPPED, () -> 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.labelled(Metric.SUBSCRIBERS, Map.of("a", () -> 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.labelled(Metric.MESSAGES_DROPPED, Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.histogram(Metric.SUBSCRIBERS, () -> HistogramSnapshot.EMPTY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theProcessTellsItsOwnValues() {
        Map<String, String> samples =
                Exposition.check(text(FixedMetrics.ofTheGuide().registry())).samples();

        assertThat(Long.parseLong(samples.get("jvm_memory_used_bytes{area=\"heap\"}")))
                .isPositive();
        assertThat(Long.parseLong(samples.get("jvm_threads_current"))).isPositive();
        assertThat(Double.parseDouble(samples.get("process_start_time_seconds")))
                .isGreaterThan(1.6e9);
        assertThat(samples).containsKey("jvm_buffer_pool_used_bytes{pool=\"direct\"}");
        assertThat(samples.keySet()).anyMatch(name -> name.startsWith("jvm_gc_collection_seconds_sum{gc="));
        if (Files.exists(Path.of("/proc/self/status"))) {
            assertThat(Long.parseLong(samples.get("process_resident_memory_bytes")))
                    .isGreaterThan(1_000_000);
        }
    }

    /** Runs where the tool is installed (Debian's package {@code prometheus}). */
    @Test
    void promtoolHasNothingToSay(@TempDir Path dir) throws IOException, InterruptedException {
        assumeTrue(isOnPath("promtool"), "promtool is not installed");
        Path exposition = dir.resolve("metrics.txt");
        Path said = dir.resolve("said.txt");
        Files.write(
                exposition,
                FixedMetrics.ofTheGuide()
                        .withHistograms(someDurations())
                        .registry()
                        .expose());

        Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                .redirectInput(exposition.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();

        assertThat(promtool.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(Files.readString(said)).isEmpty();
        assertThat(promtool.exitValue()).isZero();
    }

    private static boolean isOnPath(String tool) {
        return Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(System.getenv().getOrDefault("PATH", ""))
                .anyMatch(dir -> Files.isExecutable(Path.of(dir, tool)));
    }
}
