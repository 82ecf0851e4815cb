package io.blipmq.config;

import io.blipmq.config.RawValue.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Immutable. Reads lists of API keys. What it says about one names its place in the list and its size, never its text. */
final class ApiKeyList extends ValueType<List<String>> {

    @Override
    Optional<List<String>> parse(RawValue value) {
        throw new UnsupportedOperationException("a list has reasons of its own");
    }

    @Override
    String accepted() {
        return "a list of keys in quotes, each of 1 to " + ApiKeys.KEY_BYTES_MAX + " bytes of UTF-8";
    }

    @Override
    String render(List<String> keys) {
        return keys.isEmpty() ? "[]" : "[" + count(keys.size()) + "]";
    }

    @Override
    List<String> fromFile(RawValue value) throws Refused {
        if (value.kind() != Kind.LIST) {
            throw new Refused("this is " + value.kindName() + "; give " + accepted());
        }
        List<String> reasons = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        int index = 0;
        for (RawValue item : value.items()) {
            index++;
            if (item.kind() != Kind.TEXT) {
                reasons.add("item %d is %s; give %s".formatted(index, item.kindName(), accepted()));
                continue;
            }
            keys.add(item.text());
            addReason(reasons, "item " + index, item.text());
        }
        return orRefused(keys, reasons);
    }

    @Override
    List<String> fromEnvironment(String value) throws Refused {
        if (value.isBlank()) {
            throw new Refused("the variable is empty; give keys with commas between them, or unset it");
        }
        List<String> keys =
                Arrays.stream(value.split(",", -1)).map(String::strip).toList();
        List<String> reasons = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            addReason(reasons, "item " + (i + 1), keys.get(i));
        }
        return orRefused(keys, reasons);
    }

    /** Reads a key file: one key a line, blanks around it dropped, blank lines and those that begin with # skipped. */
    static List<String> fromLines(String content) throws Refused {
        List<String> reasons = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        int lineNumber = 0;
        for (String line : content.split("\\R", -1)) {
            lineNumber++;
            String key = line.strip();
            if (!key.isEmpty() && !key.startsWith("#")) {
                keys.add(key);
                addReason(reasons, "line " + lineNumber, key);
            }
        }
        return orRefused(keys, reasons);
    }

    private static void addReason(List<String> reasons, String place, String key) {
        int bytes = key.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0) {
            reasons.add(place + " is empty; a key has 1 to " + ApiKeys.KEY_BYTES_MAX + " bytes");
        } else if (bytes > ApiKeys.KEY_BYTES_MAX) {
            reasons.add("%s is a key of %d bytes; a key has 1 to %d".formatted(place, bytes, ApiKeys.KEY_BYTES_MAX));
        } else if (!isText(key)) {
            reasons.add(place + " is a key of " + bytes + " bytes that is not valid UTF-8");
        }
    }

    /** Bytes that are no UTF-8 arrive as the replacement character or as half a surrogate pair. */
    private static boolean isText(String key) {
        return key.codePoints().noneMatch(c -> c == 0xFFFD || Character.getType(c) == Character.SURROGATE);
    }

    private static List<String> orRefused(List<String> keys, List<String> reasons) throws Refused {
        if (!reasons.isEmpty()) {
            throw new Refused(reasons);
        }
        return List.copyOf(keys);
    }

    static String count(int keys) {
        return keys == 1 ? "1 key" : keys + " keys";
    }
}
