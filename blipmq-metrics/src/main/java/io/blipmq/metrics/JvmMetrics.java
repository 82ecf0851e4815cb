package io.blipmq.metrics;

import io.blipmq.metrics.MetricsRegistry.CountAndNanos;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/** Binds what the Java virtual machine knows of itself. Thread-safe: holds nothing. */
public final class JvmMetrics {
    private JvmMetrics() {}

    /** Binds every metric whose name begins with {@code jvm_}. */
    public static void bind(MetricsRegistry.Builder builder) {
        builder.labelled(Metric.JVM_MEMORY_USED, memory(MemoryUsage::getUsed))
                .labelled(Metric.JVM_MEMORY_COMMITTED, memory(MemoryUsage::getCommitted))
                .labelled(Metric.JVM_MEMORY_MAX, memory(MemoryUsage::getMax))
                .labelled(Metric.JVM_BUFFER_POOL_USED, bufferPools())
                .summary(Metric.JVM_GC, collectors())
                .value(Metric.JVM_THREADS, ManagementFactory.getThreadMXBean()::getThreadCount);
    }

    private static Map<String, LongSupplier> memory(ToLongFunction<MemoryUsage> value) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        return Map.of(
                "heap", () -> ProcessMetrics.absentBelowZero(value.applyAsLong(memory.getHeapMemoryUsage())),
                "nonheap", () -> ProcessMetrics.absentBelowZero(value.applyAsLong(memory.getNonHeapMemoryUsage())));
    }

    private static Map<String, LongSupplier> bufferPools() {
        Map<String, LongSupplier> pools = new LinkedHashMap<>();
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            pools.put(pool.getName(), () -> ProcessMetrics.absentBelowZero(pool.getMemoryUsed()));
        }
        return pools;
    }

    private static Map<String, CountAndNanos> collectors() {
        Map<String, CountAndNanos> collectors = new LinkedHashMap<>();
        for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
            LongSupplier nanos = () -> TimeUnit.MILLISECONDS.toNanos(gc.getCollectionTime());
            collectors.put(gc.getName(), new CountAndNanos(gc::getCollectionCount, nanos));
        }
        return collectors;
    }
}
