package io.blipmq.daemon.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;

/**
 * Thread-safe: immutable. One event as one line: time with UTC offset, level, thread, class, message.
 *
 * <p>Only an error is followed by its stack trace, whose lines begin with a tab; for other levels an exception is its
 * message at the end of the line. Fields are appended by hand, because a pattern would have to be parsed at each start.
 */
final class LineLayout extends LayoutBase<ILoggingEvent> {
    private static final int TYPICAL_LENGTH = 160;
    private static final int LEVEL_WIDTH = 5;

    private final ZoneId zone;

    LineLayout(ZoneId zone) {
        this.zone = zone;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(TYPICAL_LENGTH);
        appendTime(line, event.getTimeStamp());
        String level = event.getLevel().toString();
        line.append(' ').append(level).append(" ".repeat(LEVEL_WIDTH - level.length()));
        line.append(" [").append(SingleLine.of(event.getThreadName())).append("] ");
        line.append(shortName(event.getLoggerName())).append(": ");
        line.append(SingleLine.of(String.valueOf(event.getFormattedMessage())));
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown == null) {
            return line.append('\n').toString();
        }
        if (event.getLevel() == Level.ERROR) {
            return appendTrace(line.append('\n'), thrown).toString();
        }
        return appendReason(line, thrown).append('\n').toString();
    }

    private void appendTime(StringBuilder line, long epochMillis) {
        OffsetDateTime time = Instant.ofEpochMilli(epochMillis).atZone(zone).toOffsetDateTime();
        appendPadded(line, time.getYear(), 4).append('-');
        appendPadded(line, time.getMonthValue(), 2).append('-');
        appendPadded(line, time.getDayOfMonth(), 2).append('T');
        appendPadded(line, time.getHour(), 2).append(':');
        appendPadded(line, time.getMinute(), 2).append(':');
        appendPadded(line, time.getSecond(), 2).append('.');
        appendPadded(line, time.getNano() / 1_000_000, 3);
        String offset = time.getOffset().getId();
        line.append(offset.equals("Z") ? "+00:00" : offset);
    }

    private static StringBuilder appendPadded(StringBuilder line, int number, int width) {
        String digits = Integer.toString(number);
        return line.append("0".repeat(Math.max(0, width - digits.length()))).append(digits);
    }

    private static String shortName(String logger) {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }

    private static StringBuilder appendReason(StringBuilder line, IThrowableProxy thrown) {
        String reason = thrown.getMessage() == null ? shortName(thrown.getClassName()) : thrown.getMessage();
        return line.append(": ").append(SingleLine.of(reason));
    }

    private static StringBuilder appendTrace(StringBuilder line, IThrowableProxy thrown) {
        ThrowableProxyUtil.asString(thrown)
                .lines()
                .forEach(frame ->
                        line.append('\t').append(SingleLine.of(frame.strip())).append('\n'));
        return line;
    }
}
