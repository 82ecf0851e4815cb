package io.blipmq.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Immutable. The settings and what a start says about them.
 *
 * @param file the config file that was read
 * @param warnings for the log; none of them keeps the daemon from starting
 * @param effective every key in the order of {@link Key}
 */
public record LoadedSettings(Settings settings, Optional<Path> file, List<String> warnings, List<Effective> effective) {

    /**
     * One key as it came out.
     *
     * @param value as a file would write it; API keys are only counted
     * @param source the file and line, the environment variable, or "default"
     */
    public record Effective(Key key, String value, String source) {
        @Override
        public String toString() {
            return key.keyName() + " = " + value + "  (" + source + ")";
        }
    }
}
