package io.blipmq.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Map;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Immutable. Where a parser gave up, and why, in words for the operator.
 *
 * @param line 1-based, 0 when unknown
 * @param text empty when the parser's own reason is not one of the known ones
 */
record ParserMessage(int line, int column, String text) {
    /** How the parsers' reasons begin, and what is said instead. */
    private static final Map<String, String> KNOWN = Map.ofEntries(
            Map.entry("Duplicate key", "this key stands a second time"),
            Map.entry("Table redefined", "this table stands a second time"),
            Map.entry("Path into existing", "this key was given a value of another kind before"),
            Map.entry("Premature end of file", "the file ends within a value"),
            Map.entry("Newline not permitted here", "the line ends within a value"),
            Map.entry("More data after value", "there is more after the value; one key stands on one line"),
            Map.entry("Zero-prefixed ints", "a number must not begin with 0"),
            Map.entry("Unknown escape sequence", "unknown escape sequence; a backslash is written \\\\"),
            Map.entry("Illegal control character", "control characters are not allowed"),
            Map.entry("Unknown token", "this is neither a key, a value nor a sign that can stand here"),
            Map.entry("Unexpected token", "something else must stand here"),
            Map.entry("mapping values are not allowed here", "a second ':' or a wrong indentation"),
            Map.entry("found character '\\t", "a tab cannot indent a line; use spaces"),
            Map.entry("found unexpected end of stream", "the file ends within a quoted text"),
            Map.entry("found unknown escape character", "unknown escape sequence; a backslash is written \\\\"),
            Map.entry("expected ',' or ']'", "a ',' or ']' is missing"),
            Map.entry("expected ',' or '}'", "a ',' or '}' is missing"),
            Map.entry("could not find expected ':'", "a ':' is missing"),
            Map.entry("expected <block end>", "a wrong indentation"),
            Map.entry("expected '<document start>'", "there is more after the end of the document"),
            Map.entry("special characters are not allowed", "control characters are not allowed"),
            Map.entry("found character", "this character cannot begin a value; put the value in quotes"));

    static ParserMessage of(JsonProcessingException e) {
        if (e.getCause() instanceof MarkedYAMLException yaml) {
            Mark mark = yaml.getProblemMark() != null ? yaml.getProblemMark() : yaml.getContextMark();
            return mark == null
                    ? new ParserMessage(0, 0, known(yaml.getProblem()))
                    : new ParserMessage(mark.getLine() + 1, mark.getColumn() + 1, known(yaml.getProblem()));
        }
        JsonLocation location = e.getLocation();
        return location == null
                ? new ParserMessage(0, 0, known(e.getOriginalMessage()))
                : new ParserMessage(location.getLineNr(), location.getColumnNr(), known(e.getOriginalMessage()));
    }

    private static String known(String reason) {
        if (reason == null) {
            return "";
        }
        return KNOWN.entrySet().stream()
                .filter(entry -> reason.startsWith(entry.getKey()))
                .max((a, b) -> a.getKey().length() - b.getKey().length())
                .map(Map.Entry::getValue)
                .orElse("");
    }
}
