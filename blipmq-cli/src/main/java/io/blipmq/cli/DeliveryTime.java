package io.blipmq.cli;

import io.blipmq.client.Message;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Owned by the main thread. When a published message is to be delivered. */
final class DeliveryTime {
    private static final Pattern DELAY =
            Pattern.compile("(?:(\\d{1,3})d)?(?:(\\d{1,4})h)?(?:(\\d{1,6})m)?(?:(\\d{1,8})s)?(?:(\\d{1,11})ms)?");

    private static final Duration[] UNITS = {
        Duration.ofDays(1), Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofMillis(1)
    };

    @Option(
            names = "--delay",
            paramLabel = "TIME",
            description = "Deliver each message so long after it is published, such as 90s, 10m, 1h30m or 2d; at most "
                    + "366 days. It is stored at once, whether there is a subscription now or not.")
    private String delay;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "Deliver at this time, such as 2026-12-24T18:00 (in this machine's time zone) or "
                    + "2026-12-24T18:00:00Z; a time that has passed is now.")
    private String at;

    boolean isGiven() {
        return delay != null || at != null;
    }

    void requireValid(CommandSpec caller, int qos) {
        if (delay != null && at != null) {
            throw new ParameterException(caller.commandLine(), "give --delay or --at, not both");
        }
        if (isGiven() && qos == 0) {
            throw new ParameterException(caller.commandLine(), "--delay and --at need --qos 1");
        }
        applyTo(Message.of("t", new byte[0]), caller);
    }

    Message applyTo(Message message, CommandSpec caller) {
        if (delay != null) {
            return message.deliverAfter(delay(caller));
        }
        return at == null ? message : message.deliverAt(time(caller));
    }

    private Duration delay(CommandSpec caller) {
        Matcher parts = DELAY.matcher(delay);
        if (delay.isEmpty() || !parts.matches()) {
            throw new ParameterException(
                    caller.commandLine(),
                    "--delay takes a time such as 90s, 10m, 1h30m or 2d, not " + Printable.of(delay));
        }
        Duration sum = Duration.ZERO;
        for (int i = 0; i < UNITS.length; i++) {
            String part = parts.group(i + 1);
            sum = part == null ? sum : sum.plus(UNITS[i].multipliedBy(Long.parseLong(part)));
        }
        return sum;
    }

    private Instant time(CommandSpec caller) {
        try {
            boolean zoned = at.endsWith("Z") || at.matches(".*T.*[+-]\\d\\d:?\\d\\d");
            return zoned
                    ? OffsetDateTime.parse(at).toInstant()
                    : LocalDateTime.parse(at).atZone(ZoneId.systemDefault()).toInstant();
        } catch (DateTimeException e) {
            throw new ParameterException(
                    caller.commandLine(),
                    "--at takes a time such as 2026-12-24T18:00 or 2026-12-24T18:00:00Z, not " + Printable.of(at),
                    e);
        }
    }
}
