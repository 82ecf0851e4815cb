package io.blipmq.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Immutable. The lines on which the top-level keys of a TOML text stand, which the parser does not keep.
 *
 * <p>A line is taken by its beginning, outside multi-line texts. That is enough for messages: at worst, a key within a
 * list of several lines gives a line for a name that is no key.
 */
final class TomlLines {
    private static final Pattern KEY = Pattern.compile("\\s*[\"']?([A-Za-z0-9_-]+)[\"']?\\s*[.=].*");
    private static final Pattern TABLE = Pattern.compile("\\s*\\[\\[?\\s*[\"']?([A-Za-z0-9_-]+)[\"']?\\s*[.\\]].*");
    private static final Pattern MULTI_LINE_QUOTES = Pattern.compile("\"\"\"|'''");

    private final List<Optional<String>> keys = new ArrayList<>();
    private final Map<String, Integer> firstLines = new HashMap<>();

    private TomlLines() {}

    static TomlLines of(String content) {
        TomlLines lines = new TomlLines();
        boolean inMultiLineText = false;
        boolean inTable = false;
        for (String line : content.split("\n", -1)) {
            Matcher table = TABLE.matcher(line);
            Matcher key = KEY.matcher(line);
            if (!inMultiLineText && table.matches()) {
                inTable = true;
                lines.add(table.group(1));
            } else if (!inMultiLineText && !inTable && key.matches()) {
                lines.add(key.group(1));
            } else {
                lines.keys.add(Optional.empty());
            }
            inMultiLineText ^= MULTI_LINE_QUOTES.matcher(line).results().count() % 2 == 1;
        }
        return lines;
    }

    private void add(String key) {
        keys.add(Optional.of(key));
        firstLines.putIfAbsent(key, keys.size());
    }

    /** The 1-based line on which a key stands first. */
    OptionalInt lineOf(String key) {
        Integer line = firstLines.get(key);
        return line == null ? OptionalInt.empty() : OptionalInt.of(line);
    }

    /** The key that a 1-based line begins with. */
    Optional<String> keyIn(int line) {
        return line >= 1 && line <= keys.size() ? keys.get(line - 1) : Optional.empty();
    }
}
