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

    /** An env file of a container engine or of systemd is no shell: quotes in it often stay part of the value. */
    T fromEnvironment(String value) throws Refused {
        String text = value.strip();
        if (isQuote(text, 0) || isQuote(text, text.length() - 1)) {
            throw new Refused(RawValue.text(value).shown()
                    + " has quotes around it, which are part of the value here; leave them out");
        }
        return fromFile(RawValue.text(value));
    }

    private static boolean isQuote(String text, int at) {
        return at >= 0 && at < text.length() && "\"'".indexOf(text.charAt(at)) >= 0;
    }
}
