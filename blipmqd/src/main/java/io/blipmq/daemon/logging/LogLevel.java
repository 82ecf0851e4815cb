package io.blipmq.daemon.logging;

import ch.qos.logback.classic.Level;
import io.blipmq.config.ConfigException.Problem;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Immutable. The level that the environment asks for: BLIPMQ_LOG, else RUST_LOG when it is a plain level, else info.
 *
 * @param notice to be logged once, when a variable could not be followed
 * @param problem a wrong BLIPMQ_LOG, to be reported with the configuration's other problems
 */
public record LogLevel(Level level, Optional<String> notice, Optional<Problem> problem) {
    private static final String OWN_VARIABLE = "BLIPMQ_LOG";
    private static final String RUST_VARIABLE = "RUST_LOG";
    private static final int SHOWN_LENGTH_MAX = 40;

    public static LogLevel of(Map<String, String> environment) {
        String own = environment.get(OWN_VARIABLE);
        if (own != null) {
            return named(own)
                    .map(LogLevel::plain)
                    .orElseGet(() -> new LogLevel(Level.INFO, Optional.empty(), Optional.of(wrong(own))));
        }
        String rust = environment.getOrDefault(RUST_VARIABLE, "");
        return rust.isBlank()
                ? plain(Level.INFO)
                : named(rust).map(LogLevel::plain).orElseGet(LogLevel::withoutDirectives);
    }

    private static LogLevel plain(Level level) {
        return new LogLevel(level, Optional.empty(), Optional.empty());
    }

    private static LogLevel withoutDirectives() {
        String notice = RUST_VARIABLE + " is not a plain level, and directives are not supported: logging at info; "
                + OWN_VARIABLE + " sets the level";
        return new LogLevel(Level.INFO, Optional.of(notice), Optional.empty());
    }

    private static Problem wrong(String given) {
        String cut = given.length() <= SHOWN_LENGTH_MAX ? given : given.substring(0, SHOWN_LENGTH_MAX) + "…";
        return new Problem(
                "",
                OWN_VARIABLE,
                '"' + SingleLine.of(cut) + "\" is not accepted; give error, warn, info, debug, trace or off");
    }

    private static Optional<Level> named(String name) {
        return switch (name.strip().toLowerCase(Locale.ROOT)) {
            case "error" -> Optional.of(Level.ERROR);
            case "warn" -> Optional.of(Level.WARN);
            case "info" -> Optional.of(Level.INFO);
            case "debug" -> Optional.of(Level.DEBUG);
            case "trace" -> Optional.of(Level.TRACE);
            case "off" -> Optional.of(Level.OFF);
            default -> Optional.empty();
        };
    }
}
