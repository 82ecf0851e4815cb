package io.blipmq.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.toml.TomlFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.blipmq.config.ConfigException.Problem;
import io.blipmq.config.RawValue.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The keys and values of one file, with the line of each. Used by one thread.
 *
 * <p>Nothing of the parsers' own texts reaches the operator unless {@link ParserMessage} knows it: they name classes,
 * and some quote the file, in which an API key may stand.
 */
final class ConfigFile {
    /** Settings are flat, and a list of lists is already wrong; deeper ones need not be kept. */
    private static final int DEPTH_MAX = 4;

    record Entry(String name, RawValue value, OptionalInt line) {}

    private final String shownPath;
    private final String content;
    private final boolean isToml;
    private final List<Problem> problems;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final TomlLines tomlLines;

    private ConfigFile(String shownPath, String content, boolean isToml, List<Problem> problems) {
        this.shownPath = shownPath;
        this.content = content;
        this.isToml = isToml;
        this.problems = problems;
        this.tomlLines = isToml ? TomlLines.of(content) : null;
    }

    static boolean hasKnownFormat(String path) {
        return isToml(path) || endsWith(path, ".yaml") || endsWith(path, ".yml");
    }

    /**
     * Reads the entries of a file, in its order; an empty list when it is malformed.
     *
     * @param shownPath the path as the operator gave it
     * @param problems gets what is wrong with the file's form
     */
    static List<Entry> parse(String shownPath, String content, List<Problem> problems) {
        ConfigFile file = new ConfigFile(shownPath, content, isToml(shownPath), problems);
        return file.read() ? List.copyOf(file.entries.values()) : List.of();
    }

    static String source(String shownPath, OptionalInt line) {
        return line.isPresent() ? shownPath + ", line " + line.getAsInt() : shownPath;
    }

    private static boolean isToml(String path) {
        return endsWith(path, ".toml");
    }

    private static boolean endsWith(String path, String extension) {
        return path.toLowerCase(Locale.ROOT).endsWith(extension);
    }

    private boolean read() {
        JsonFactory format = isToml ? new TomlFactory() : new YAMLFactory();
        try (JsonParser parser = format.createParser(content)) {
            return readDocument(parser);
        } catch (JsonProcessingException e) {
            addMalformed(e);
        } catch (IOException | IllegalArgumentException e) {
            problems.add(new Problem("", shownPath, "this is not valid " + formatName()));
        }
        return false;
    }

    private boolean readDocument(JsonParser parser) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            return true;
        }
        if (first != JsonToken.START_OBJECT) {
            problems.add(new Problem("", shownPath, "this holds no settings; write each as \"key: value\""));
            return false;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            readEntry(parser);
        }
        if (parser.nextToken() != null) {
            problems.add(new Problem("", shownPath, "this holds a second YAML document; only one is read"));
        }
        return true;
    }

    private void readEntry(JsonParser parser) throws IOException {
        String name = parser.currentName();
        OptionalInt line = isToml ? tomlLines.lineOf(name) : lineOf(parser.currentTokenLocation());
        parser.nextToken();
        Entry earlier = entries.putIfAbsent(name, new Entry(name, readValue(parser, 0), line));
        if (earlier != null) {
            problems.add(new Problem(RawValue.printable(name), source(shownPath, line), duplicate(earlier.line())));
        }
    }

    private static String duplicate(OptionalInt earlierLine) {
        String place = earlierLine.isPresent() ? " in line " + earlierLine.getAsInt() : "";
        return "this key stands a second time, after the one" + place + "; keep one of them";
    }

    private RawValue readValue(JsonParser parser, int depth) throws IOException {
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            return RawValue.of(Kind.REFERENCE);
        }
        return switch (parser.currentToken()) {
            case VALUE_STRING -> RawValue.text(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> RawValue.scalar(Kind.NUMBER, parser.getText());
            case VALUE_TRUE, VALUE_FALSE -> RawValue.scalar(Kind.BOOLEAN, parser.getText());
            case START_ARRAY -> readList(parser, depth);
            case START_OBJECT -> skipped(parser, Kind.TABLE);
            default -> RawValue.of(Kind.NOTHING);
        };
    }

    private RawValue readList(JsonParser parser, int depth) throws IOException {
        if (depth == DEPTH_MAX) {
            return skipped(parser, Kind.LIST);
        }
        List<RawValue> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(readValue(parser, depth + 1));
        }
        return RawValue.list(items);
    }

    private static RawValue skipped(JsonParser parser, Kind kind) throws IOException {
        parser.skipChildren();
        return RawValue.of(kind);
    }

    private void addMalformed(JsonProcessingException e) {
        ParserMessage message = ParserMessage.of(e);
        String place = message.line() > 0
                ? "%s, line %d, column %d".formatted(shownPath, message.line(), message.column())
                : shownPath;
        String key = isToml
                ? tomlLines
                        .keyIn(message.line())
                        .flatMap(Key::named)
                        .map(Key::keyName)
                        .orElse("")
                : "";
        String reason = message.text().isEmpty() ? "" : ": " + message.text();
        problems.add(new Problem(key, place, "this is not valid " + formatName() + reason));
    }

    private String formatName() {
        return isToml ? "TOML" : "YAML";
    }

    private static OptionalInt lineOf(JsonLocation location) {
        return location.getLineNr() > 0 ? OptionalInt.of(location.getLineNr()) : OptionalInt.empty();
    }
}
