package io.blipmq.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Everything that is wrong with a configuration, at once. Its message is written for the operator. */
public final class ConfigException extends Exception {
    private final transient List<Problem> problems;
    private final transient List<String> warnings;

    /**
     * One thing to put right.
     *
     * @param key the setting, or empty when the problem is the file as a whole
     * @param source the file, with the line where it is known, or the environment variable
     * @param message the value given and what is accepted; never an API key
     */
    public record Problem(String key, String source, String message) {
        @Override
        public String toString() {
            return source + ": " + (key.isEmpty() ? "" : key + ": ") + message;
        }
    }

    public ConfigException(List<Problem> problems, List<String> warnings) {
        super(describe(problems), null, false, false);
        this.problems = List.copyOf(problems);
        this.warnings = List.copyOf(warnings);
    }

    public List<Problem> problems() {
        return problems;
    }

    /** What a start would say as well; some of it may be the cause of a problem. */
    public List<String> warnings() {
        return warnings;
    }

    private static String describe(List<Problem> problems) {
        List<String> lines = new ArrayList<>();
        lines.add(
                problems.size() == 1
                        ? "the configuration has a problem"
                        : "the configuration has " + problems.size() + " problems");
        problems.forEach(problem -> lines.add("  " + problem));
        return lines.stream().collect(Collectors.joining("\n"));
    }
}
