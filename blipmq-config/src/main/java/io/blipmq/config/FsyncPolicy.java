package io.blipmq.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** When the log is forced to the disk. */
public sealed interface FsyncPolicy {
    int EVERY_N_MAX = 1_000_000;
    int INTERVAL_MILLIS_MAX = 60_000;

    /** A message counts as stored once it is forced. */
    record Always() implements FsyncPolicy {
        @Override
        public String toString() {
            return "always";
        }
    }

    /** No force on a message's path. */
    record None() implements FsyncPolicy {
        @Override
        public String toString() {
            return "none";
        }
    }

    /** A force after every so many records. */
    record EveryN(int records) implements FsyncPolicy {
        @Override
        public String toString() {
            return "every_n:" + records;
        }
    }

    /** A force at least every so many milliseconds while there is something to force. */
    record IntervalMillis(int millis) implements FsyncPolicy {
        @Override
        public String toString() {
            return "interval_ms:" + millis;
        }
    }

    /** Reads a policy as a config file writes it; empty when the text is none. */
    static Optional<FsyncPolicy> parse(String text) {
        return switch (text) {
            case "always" -> Optional.of(new Always());
            case "none" -> Optional.of(new None());
            default -> parseCounted(text);
        };
    }

    private static Optional<FsyncPolicy> parseCounted(String text) {
        Matcher matcher =
                Pattern.compile("(every_n|interval_ms):([1-9][0-9]{0,6})").matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int count = Integer.parseInt(matcher.group(2));
        if (matcher.group(1).equals("every_n")) {
            return count <= EVERY_N_MAX ? Optional.of(new EveryN(count)) : Optional.empty();
        }
        return count <= INTERVAL_MILLIS_MAX ? Optional.of(new IntervalMillis(count)) : Optional.empty();
    }
}
