package io.blipmq.daemon.logging;

import ch.qos.logback.classic.LoggerContext;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/** Thread-safe: stateless. What the daemon's lifecycle does about its log output. */
public final class Logging {
    private Logging() {}

    /** Writes what was held back of bursts that are over. To be called about once a second. */
    public static void reportRepeats() {
        forEachLimiter(BurstLimiter::reportEnded);
    }

    /** Writes what was held back so far. To be called before the daemon's last line. */
    public static void reportAllRepeats() {
        forEachLimiter(BurstLimiter::reportAll);
    }

    private static void forEachLimiter(Consumer<BurstLimiter> action) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getTurboFilterList().stream()
                    .filter(BurstLimiter.class::isInstance)
                    .map(BurstLimiter.class::cast)
                    .forEach(action);
        }
    }
}
