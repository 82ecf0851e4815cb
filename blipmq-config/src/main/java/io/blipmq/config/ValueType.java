package io.blipmq.config;

import java.util.Optional;

/**
 * Immutable. What a setting takes: how it is read from a file or an environment variable, and how that is said.
 *
 * <p>Numbers and flags are taken as text too, so {@code port = "5555"} is as good as {@code port = 5555}: the
 * environment can only give text, and one rule for both is easier to keep. Text is never taken from a number or a flag,
 * because YAML changes what was written ({@code 007}, {@code no}).
 */
abstract class ValueType<T> {

    /** Reads the value, or is empty when it is not an accepted one. */
    abstract Optional<T> parse(RawValue value);

    /** What is accepted, to follow "give …" in a message. */
    abstract String accepted();

    /** The value as the documentation and {@code check-config} show it. */
    String render(T value) {
        return value.toString();
    }

    T fromFile(RawValue value) throws Refused {
        Optional<T> parsed = parse(value);
        if (parsed.isEmpty()) {
            throw new Refused(value.shown() + " is not accepted; give " + accepted());
        }
        return parsed.get();
    }

    T fromEnvironment(String value) throws Refused {
        return fromFile(RawValue.text(value));
    }
}
