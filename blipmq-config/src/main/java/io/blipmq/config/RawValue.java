package io.blipmq.config;

import java.util.List;

/**
 * Immutable. A value as the file has it, before it is known what the key takes.
 *
 * @param text the digits or characters of a scalar
 * @param items the items of a list
 */
record RawValue(Kind kind, String text, List<RawValue> items) {
    private static final int SHOWN_LENGTH_MAX = 80;

    enum Kind {
        TEXT("text"),
        NUMBER("a number"),
        BOOLEAN("true or false"),
        LIST("a list"),
        TABLE("a table"),
        REFERENCE("a YAML alias"),
        NOTHING("no value");

        private final String name;

        Kind(String name) {
            this.name = name;
        }
    }

    static RawValue scalar(Kind kind, String text) {
        return new RawValue(kind, text, List.of());
    }

    static RawValue text(String text) {
        return scalar(Kind.TEXT, text);
    }

    static RawValue list(List<RawValue> items) {
        return new RawValue(Kind.LIST, "", List.copyOf(items));
    }

    static RawValue of(Kind kind) {
        return scalar(kind, "");
    }

    boolean isScalar() {
        return kind == Kind.TEXT || kind == Kind.NUMBER || kind == Kind.BOOLEAN;
    }

    /** Whether this is a table or a list of them. */
    boolean holdsTable() {
        return kind == Kind.TABLE || items.stream().anyMatch(RawValue::holdsTable);
    }

    /** The value for a message. Not for values that may be secret. */
    String shown() {
        return switch (kind) {
            case TEXT -> '"' + printable(text) + '"';
            case NUMBER, BOOLEAN -> printable(text);
            default -> kind.name;
        };
    }

    String kindName() {
        return kind.name;
    }

    /** Cut to a readable length, with everything that could disturb a terminal or break a line written as '?'. */
    static String printable(String text) {
        String cut = text.length() <= SHOWN_LENGTH_MAX ? text : text.substring(0, SHOWN_LENGTH_MAX) + "…";
        StringBuilder shown = new StringBuilder(cut.length());
        cut.codePoints().forEach(c -> shown.appendCodePoint(isPrintable(c) ? c : '?'));
        return shown.toString();
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE -> false;
            case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
