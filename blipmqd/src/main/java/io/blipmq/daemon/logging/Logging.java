package io.blipmq.daemon.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Thread-safe: stateless. What the daemon's lifecycle does about its log output. */
public final class Logging {
    /** Far longer than the last lines take that somebody reads, and no burden when nobody does. */
    private static final long FLUSH_MILLIS_MAX = 500;

    private Logging() {}

    /** Writes what was held back of bursts that are over, and how much was dropped. To be called about once a second. */
    public static void reportRepeats() {
        forEachLimiter(BurstLimiter::reportEnded);
        reportDropped();
    }

    /** Writes what was held back and how much was dropped so far. To be called before the daemon's last line. */
    public static void reportAllRepeats() {
        forEachLimiter(BurstLimiter::reportAll);
        reportDropped();
    }

    /** Waits until the lines logged so far are written, or somebody who reads would have read them. */
    public static void flush() {
        output().ifPresent(output -> {
            try {
                output.flush(FLUSH_MILLIS_MAX);
            } catch (InterruptedException e) {
                // somebody is in a hurry, and so the rest is not waited for
            }
        });
    }

    /** Lines that were dropped since the start, because those before them were not read. */
    public static long droppedCount() {
        return output().map(LogOutput::droppedCount).orElse(0L);
    }

    /** What is wrong with the output, for people; empty when its lines are read. */
    public static Optional<String> trouble() {
        return output().filter(output -> output.stalledNanos() > 0)
                .map(output -> "nobody has read standard output, where the log is written, for "
                        + TimeUnit.NANOSECONDS.toSeconds(output.stalledNanos()) + " s; lines dropped: "
                        + output.droppedCount());
    }

    private static void reportDropped() {
        long dropped = output().map(LogOutput::takeDropped).orElse(0L);
        if (dropped > 0) {
            LoggerFactory.getLogger(Logging.class)
                    .warn("dropped {} lines of this log, because nobody read standard output", dropped);
        }
    }

    private static void forEachLimiter(Consumer<BurstLimiter> action) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            for (TurboFilter filter : context.getTurboFilterList()) {
                if (filter instanceof BurstLimiter limiter) {
                    action.accept(limiter);
                }
            }
        }
    }

    private static Optional<LogOutput> output() {
        return LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof ch.qos.logback.classic.Logger root
                        && root.getAppender(LogOutput.NAME) instanceof LogOutput output
                ? Optional.of(output)
                : Optional.empty();
    }
}
