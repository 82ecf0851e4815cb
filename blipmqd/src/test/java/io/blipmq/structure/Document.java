package io.blipmq.structure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Markdown file of the checkout. Immutable. */
record Document(Path file, String text) {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]*)(?:#([^)\\s]*))?\\)");
    private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Pattern NOT_IN_ANCHORS = Pattern.compile("[^\\p{L}\\p{N} _-]");
    private static final int COLUMNS_MAX = 100;

    /** Where a link leads: a file, this one when it is empty, and a heading in it, null without one. */
    record Link(String file, String anchor) {
        boolean isExternal() {
            return file.contains(":");
        }
    }

    static Document read(Path file) {
        try {
            return new Document(file, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those of the checkout's root, of docs and what is below it, and of bench. */
    static List<Document> all(Path checkout) throws IOException {
        List<Document> documents = new ArrayList<>();
        try (Stream<Path> top = Files.list(checkout);
                Stream<Path> docs = Files.walk(checkout.resolve("docs"));
                Stream<Path> bench = Files.list(checkout.resolve("bench"))) {
            Stream.of(top, docs, bench)
                    .flatMap(files -> files)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .forEach(file -> documents.add(read(file)));
        }
        return documents;
    }

    void write() throws IOException {
        Files.writeString(file, text);
    }

    /** Lines that ought to be wrapped. A row of a table cannot be; where a link leads does not count. */
    List<String> longLines() {
        return text.lines()
                .filter(line -> !line.startsWith("|") && columns(line) > COLUMNS_MAX)
                .map(line -> file.getFileName() + ": " + line)
                .toList();
    }

    private static int columns(String line) {
        String shown = LINK.matcher(line).replaceAll("]");
        return shown.codePointCount(0, shown.length());
    }

    List<Link> links() {
        return LINK.matcher(CODE.matcher(text).replaceAll(""))
                .results()
                .map(found -> new Link(found.group(1), found.group(2)))
                .toList();
    }

    Path target(Link link) {
        return link.file().isEmpty() ? file : file.resolveSibling(link.file()).normalize();
    }

    /** Whether a heading of this document has that anchor. */
    boolean hasAnchor(String anchor) {
        return HEADING.matcher(CODE.matcher(text).replaceAll(""))
                .results()
                .map(heading -> anchor(heading.group(1)))
                .anyMatch(anchor::equals);
    }

    private static String anchor(String heading) {
        return NOT_IN_ANCHORS
                .matcher(heading.toLowerCase(Locale.ROOT))
                .replaceAll("")
                .replace(' ', '-');
    }

    /** The same document with a link that leads elsewhere. */
    Document withTarget(Link link, Path target) {
        String path = file.getParent().relativize(target).toString();
        return new Document(file, text.replace("](" + link.file(), "](" + path));
    }

    /** What is between two marks, {@code <!-- name: begin -->} and {@code <!-- name: end -->}, each in a line of its own. */
    String block(String name) {
        return find(name).group(2);
    }

    Document withBlock(String name, String content) {
        MatchResult found = find(name);
        return new Document(file, text.substring(0, found.start(2)) + content + text.substring(found.end(2)));
    }

    private MatchResult find(String name) {
        Matcher matcher = Pattern.compile("(?s)(<!-- " + name + ": begin[^\n]*-->\n)(.*?)(<!-- " + name + ": end -->)")
                .matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException(file + " has no block " + name);
        }
        return matcher.toMatchResult();
    }
}
