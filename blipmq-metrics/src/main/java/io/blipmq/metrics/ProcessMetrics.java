package io.blipmq.metrics;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** Binds what the operating system knows of this process. Thread-safe: holds nothing. */
public final class ProcessMetrics {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";
    private static final long BYTES_PER_KIB = 1024;

    private ProcessMetrics() {}

    /** Binds every metric whose name begins with {@code process_}. */
    public static void bind(MetricsRegistry.Builder builder) {
        long startMillis = ManagementFactory.getRuntimeMXBean().getStartTime();
        builder.value(Metric.PROCESS_START_TIME, () -> TimeUnit.MILLISECONDS.toNanos(startMillis))
                .value(Metric.PROCESS_CPU, () -> absentBelowZero(system().getProcessCpuTime()))
                .value(Metric.PROCESS_RESIDENT_MEMORY, ProcessMetrics::residentBytes)
                .value(Metric.PROCESS_OPEN_FDS, () -> unix(UnixOperatingSystemMXBean::getOpenFileDescriptorCount))
                .value(Metric.PROCESS_MAX_FDS, () -> unix(UnixOperatingSystemMXBean::getMaxFileDescriptorCount));
    }

    static long absentBelowZero(long value) {
        return value < 0 ? Metric.ABSENT : value;
    }

    private static OperatingSystemMXBean system() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    }

    private static long unix(ToLongFunction<UnixOperatingSystemMXBean> value) {
        return system() instanceof UnixOperatingSystemMXBean unix
                ? absentBelowZero(value.applyAsLong(unix))
                : Metric.ABSENT;
    }

    /** Read from the status file, which tells KiB, and not from statm, which tells pages of a size that Java hides. */
    private static long residentBytes() {
        if (!Files.isReadable(STATUS)) {
            return Metric.ABSENT;
        }
        try {
            return Files.readString(STATUS, StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> line.startsWith(RESIDENT))
                    .mapToLong(line -> kibibytes(line) * BYTES_PER_KIB)
                    .findFirst()
                    .orElse(Metric.ABSENT);
        } catch (IOException e) {
            return Metric.ABSENT;
        }
    }

    private static long kibibytes(String line) {
        return Long.parseLong(
                line.substring(RESIDENT.length()).replace("kB", "").trim());
    }
}
