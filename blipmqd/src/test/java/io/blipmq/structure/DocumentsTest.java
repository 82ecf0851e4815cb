package io.blipmq.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Checks what a machine can check of the documents: that lines are short, links lead somewhere, decisions are numbered, and
 * the picture of the packages is that of the code. {@code -Dblipmq.docs.update=true} draws the picture again, and lets links
 * to sources that have moved lead to where they are.
 */
class DocumentsTest {
    private static final boolean UPDATE = Boolean.getBoolean("blipmq.docs.update");
    private static final String HOW_TO_UPDATE = "run mvn test -pl blipmqd -am -Dtest=DocumentsTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dblipmq.docs.update=true to update";

    private static final Path ARCHITECTURE = SourceTree.CHECKOUT.resolve("docs/architecture.md");
    private static final Path DECISIONS = SourceTree.CHECKOUT.resolve("docs/decisions");

    @Test
    void linesAreWrapped() throws IOException {
        assertThat(documents().stream().flatMap(document -> document.longLines().stream()))
                .isEmpty();
    }

    @Test
    void linksLeadSomewhere() throws IOException {
        if (UPDATE) {
            repairLinks();
        }
        assertThat(documents().stream().flatMap(DocumentsTest::brokenLinks))
                .as(HOW_TO_UPDATE)
                .isEmpty();
    }

    @Test
    void theIndexListsTheDecisionsWhichAreNumberedWithoutHoles() throws IOException {
        List<Document> decisions = decisions();

        assertThat(decisions.stream().map(DocumentsTest::number))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, decisions.size())
                        .mapToObj("%04d"::formatted)
                        .toList());
        assertThat(Document.read(DECISIONS.resolve("README.md")).text().lines().filter(line -> line.startsWith("| [")))
                .containsExactlyElementsOf(
                        decisions.stream().map(DocumentsTest::row).toList());
    }

    @Test
    void thePictureShowsThePackagesAndTheirArrows() throws IOException {
        String picture = PackagePicture.draw(PackageGraph.of(StructureTest.CLASSES));
        if (UPDATE) {
            Document.read(ARCHITECTURE).withBlock("packages", picture).write();
        }
        assertThat(Document.read(ARCHITECTURE).block("packages"))
                .as(HOW_TO_UPDATE)
                .isEqualTo(picture);
    }

    private static List<Document> documents() throws IOException {
        return Document.all(SourceTree.CHECKOUT);
    }

    // --- links

    private static Stream<String> brokenLinks(Document document) {
        return document.links().stream()
                .filter(link -> !link.isExternal() && !leadsSomewhere(document, link))
                .map(link -> document.file().getFileName() + ": " + link);
    }

    private static boolean leadsSomewhere(Document document, Document.Link link) {
        Path target = document.target(link);
        return Files.exists(target)
                && (link.anchor() == null || Document.read(target).hasAnchor(link.anchor()));
    }

    private static void repairLinks() throws IOException {
        for (Document document : documents()) {
            Document repaired = document;
            for (Document.Link link : document.links()) {
                Path target = document.target(link);
                if (!link.isExternal() && !Files.exists(target)) {
                    repaired = repaired.withTarget(link, movedTo(target));
                }
            }
            if (!repaired.equals(document)) {
                repaired.write();
            }
        }
    }

    /** The only source of that name; the target itself when there is none, or more than one. */
    private static Path movedTo(Path target) {
        List<Path> found = Stream.of(SourceTree.values())
                .flatMap(tree -> tree.files().stream())
                .filter(file -> file.endsWith(target.getFileName()))
                .toList();
        return found.size() == 1 ? found.get(0) : target;
    }

    // --- decisions

    /** In the order of their numbers; drafts have none yet. */
    private static List<Document> decisions() throws IOException {
        try (Stream<Path> files = Files.list(DECISIONS)) {
            return files.filter(file -> file.getFileName().toString().matches("\\d{4}-.*\\.md"))
                    .sorted()
                    .map(Document::read)
                    .toList();
        }
    }

    private static String number(Document decision) {
        return decision.file().getFileName().toString().substring(0, 4);
    }

    private static String row(Document decision) {
        String title = decision.text().lines().findFirst().orElse("").replaceFirst("^# " + number(decision) + ": ", "");
        return "| [%s](%s) | %s |".formatted(number(decision), decision.file().getFileName(), title);
    }
}
