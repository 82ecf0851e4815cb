package io.blipmq.config;

import io.blipmq.config.RawValue.Kind;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Immutable. The types of value that {@link Key} uses, except lists of API keys. */
final class ValueTypes {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?(0|[1-9][0-9]*(_[0-9]+)*)");
    /** Longer texts cannot be in any range, and would not fit a long. */
    private static final int DIGITS_MAX = 18;

    static final ValueType<String> HOST = new Text<>(
            "an IP address or a host name, without a port",
            text -> Optional.of(text.strip()).filter(HostNames::isValid));
    static final ValueType<String> PATH = new PathType("a path", false);
    static final ValueType<String> PATH_OR_NONE = new PathType("a path, or \"\" for none", true);
    static final ValueType<FsyncPolicy> FSYNC_POLICY = new Text<>(
            "\"always\", \"none\", \"every_n:N\" (N from 1 to %d) or \"interval_ms:M\" (M from 1 to %d)"
                    .formatted(FsyncPolicy.EVERY_N_MAX, FsyncPolicy.INTERVAL_MILLIS_MAX),
            text -> FsyncPolicy.parse(text.strip()));
    static final ValueType<WalRecovery> WAL_RECOVERY =
            new Text<>("\"strict\" or \"salvage\"", text -> WalRecovery.parse(text.strip()));
    static final ValueType<Boolean> FLAG = new Flag();

    private ValueTypes() {}

    static ValueType<Long> wholeNumber(long min, long max) {
        return new WholeNumber(min, max, 1);
    }

    static ValueType<Long> wholeNumber(long min, long max, long multipleOf) {
        return new WholeNumber(min, max, multipleOf);
    }

    private static final class Text<T> extends ValueType<T> {
        private final String accepted;
        private final Function<String, Optional<T>> parser;

        Text(String accepted, Function<String, Optional<T>> parser) {
            this.accepted = accepted;
            this.parser = parser;
        }

        @Override
        Optional<T> parse(RawValue value) {
            return value.kind() == Kind.TEXT ? parser.apply(value.text()) : Optional.empty();
        }

        @Override
        T fromFile(RawValue value) throws Refused {
            if (value.kind() == Kind.NUMBER || value.kind() == Kind.BOOLEAN) {
                throw new Refused(value.shown() + " is not text; put it in quotes and give " + accepted);
            }
            return super.fromFile(value);
        }

        @Override
        String accepted() {
            return accepted;
        }

        @Override
        String render(T value) {
            return '"' + RawValue.printable(value.toString()) + '"';
        }
    }

    private static final class WholeNumber extends ValueType<Long> {
        private final long min;
        private final long max;
        private final long multipleOf;

        WholeNumber(long min, long max, long multipleOf) {
            this.min = min;
            this.max = max;
            this.multipleOf = multipleOf;
        }

        @Override
        Optional<Long> parse(RawValue value) {
            if (value.kind() != Kind.NUMBER && value.kind() != Kind.TEXT) {
                return Optional.empty();
            }
            String text = value.text().strip();
            if (!WHOLE_NUMBER.matcher(text).matches()) {
                return Optional.empty();
            }
            String digits = text.replace("_", "");
            return digits.length() > DIGITS_MAX
                    ? Optional.empty()
                    : Optional.of(Long.parseLong(digits)).filter(this::isInRange);
        }

        private boolean isInRange(long number) {
            return min <= number && number <= max && number % multipleOf == 0;
        }

        @Override
        String accepted() {
            String range = "a whole number from " + min + " to " + max;
            return multipleOf == 1 ? range : range + " that is a multiple of " + multipleOf;
        }
    }

    private static final class Flag extends ValueType<Boolean> {
        @Override
        Optional<Boolean> parse(RawValue value) {
            if (!value.isScalar()) {
                return Optional.empty();
            }
            return switch (value.text().strip().toLowerCase(Locale.ROOT)) {
                case "1", "true", "yes", "on" -> Optional.of(true);
                case "0", "false", "no", "off" -> Optional.of(false);
                default -> Optional.empty();
            };
        }

        @Override
        String accepted() {
            return "true or false (1, yes, on and 0, no, off mean the same)";
        }
    }
}
