package io.blipmq.daemon.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;
import org.slf4j.helpers.MessageFormatter;

/**
 * Thread-safe: windows are guarded by the monitor, and nothing is written under it. Lets the same warning or error
 * through {@value #ADMITTED_PER_WINDOW} times in {@value #WINDOW_SECONDS} seconds, and says how many more there were.
 *
 * <p>The same means: of one logger, with one message pattern; what the pattern's arguments are does not count. A window
 * opens with the first event. When it has ended, one line tells how much was held back, with one of the messages; that
 * line comes with the next warning or error of any kind, with the next {@link #reportEnded} or at the end.
 */
final class BurstLimiter extends TurboFilter {
    static final int ADMITTED_PER_WINDOW = 10;
    static final int WINDOW_SECONDS = 10;
    /** Patterns are constants in the code, so this is never reached unless one is put together at run time. */
    static final int WINDOWS_MAX = 1000;

    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(WINDOW_SECONDS);
    private static final Marker SUMMARY = MarkerFactory.getDetachedMarker("BURST_SUMMARY");

    private record Source(Logger logger, Level level, String pattern) {
        void report(Window window) {
            String text = "repeated {} more times within " + WINDOW_SECONDS + " s, for example: {}";
            if (level == Level.ERROR) {
                logger.error(SUMMARY, text, window.heldBack(), window.example);
            } else {
                logger.warn(SUMMARY, text, window.heldBack(), window.example);
            }
        }
    }

    private static final class Window {
        final long startNanos;
        long events;
        /** The first message that was held back; the others are not even put together. */
        String example;

        Window(long startNanos) {
            this.startNanos = startNanos;
        }

        /** @return whether it is let through */
        boolean admit(String pattern, Object[] arguments) {
            events++;
            if (events == ADMITTED_PER_WINDOW + 1) {
                example = MessageFormatter.arrayFormat(pattern, arguments).getMessage();
            }
            return events <= ADMITTED_PER_WINDOW;
        }

        long heldBack() {
            return Math.max(0, events - ADMITTED_PER_WINDOW);
        }
    }

    private final LongSupplier nanoClock;
    /** In the order of their starts, and so of their ends. */
    private final Map<Source, Window> windows = new LinkedHashMap<>();

    BurstLimiter(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    @Override
    public FilterReply decide(
            Marker marker, Logger logger, Level level, String pattern, Object[] arguments, Throwable thrown) {
        if (!isLimited(marker, logger, level, pattern)) {
            return FilterReply.NEUTRAL;
        }
        reportEnded();
        boolean admitted = admit(new Source(logger, level, pattern), arguments, nanoClock.getAsLong());
        return admitted ? FilterReply.NEUTRAL : FilterReply.DENY;
    }

    /** Tells what was held back in windows that have ended. */
    void reportEnded() {
        report(nanoClock.getAsLong() - WINDOW_NANOS);
    }

    /** Tells what was held back in all windows, and ends them. */
    void reportAll() {
        report(nanoClock.getAsLong());
    }

    /** A question whether a level is enabled comes without a pattern. */
    private static boolean isLimited(Marker marker, Logger logger, Level level, String pattern) {
        return pattern != null
                && marker != SUMMARY
                && level.isGreaterOrEqual(Level.WARN)
                && level.isGreaterOrEqual(logger.getEffectiveLevel());
    }

    private synchronized boolean admit(Source source, Object[] arguments, long nowNanos) {
        Window window = windows.get(source);
        if (window == null) {
            if (windows.size() == WINDOWS_MAX) {
                return true;
            }
            window = new Window(nowNanos);
            windows.put(source, window);
        }
        return window.admit(source.pattern, arguments);
    }

    private void report(long latestStartNanos) {
        for (Map.Entry<Source, Window> ended : removeEnded(latestStartNanos)) {
            ended.getKey().report(ended.getValue());
        }
    }

    private synchronized List<Map.Entry<Source, Window>> removeEnded(long latestStartNanos) {
        List<Map.Entry<Source, Window>> ended = new ArrayList<>();
        Iterator<Map.Entry<Source, Window>> oldestFirst = windows.entrySet().iterator();
        while (oldestFirst.hasNext()) {
            Map.Entry<Source, Window> entry = oldestFirst.next();
            if (entry.getValue().startNanos - latestStartNanos > 0) {
                break;
            }
            if (entry.getValue().heldBack() > 0) {
                ended.add(Map.entry(entry.getKey(), entry.getValue()));
            }
            oldestFirst.remove();
        }
        return ended;
    }
}
