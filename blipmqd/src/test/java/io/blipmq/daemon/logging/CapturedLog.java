package io.blipmq.daemon.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The daemon's log set-up on a buffer and a clock of its own. Owned by one test. */
final class CapturedLog {
    /** Far longer than it takes on a busy machine. */
    private static final long WRITE_MILLIS_MAX = 60_000;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final LoggerContext context = new LoggerContext();
    private final LogOutput output;
    private long nowNanos = Long.MAX_VALUE - 5;

    CapturedLog(Level level, ZoneId zone) {
        context.setName("test");
        context.setMDCAdapter(new LogbackMDCAdapter());
        output = LogConfigurator.configure(
                context,
                level,
                layout -> new LogOutput(layout, out, LogOutput.LINES_MAX, System::nanoTime),
                zone,
                () -> nowNanos);
    }

    Logger logger(String name) {
        return context.getLogger(name);
    }

    BurstLimiter limiter() {
        return (BurstLimiter) context.getTurboFilterList().get(0);
    }

    void advanceSeconds(long seconds) {
        nowNanos += TimeUnit.SECONDS.toNanos(seconds);
    }

    String text() {
        flush();
        return out.toString(StandardCharsets.UTF_8);
    }

    private void flush() {
        try {
            assertThat(output.flush(WRITE_MILLIS_MAX)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The messages without what stands before them. */
    List<String> messages() {
        return text().lines()
                .map(line -> line.substring(line.indexOf("] ") + 2))
                .toList();
    }
}
