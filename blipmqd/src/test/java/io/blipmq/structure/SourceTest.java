package io.blipmq.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Checks what only the sources show. */
class SourceTest {
    private static final Pattern SLEEP_OR_INTERRUPT = Pattern.compile("\\b(sleep|interrupt)\\(");

    @Test
    void everyPackageHasItsPackageInfo() {
        assertThat(SourceTree.MAIN.directories())
                .isNotEmpty()
                .allSatisfy(directory ->
                        assertThat(directory.resolve("package-info.java")).isRegularFile());
    }

    @Test
    void everyModuleHoldsOnlyItsOwnPackages() {
        for (Path root : SourceTree.MAIN.roots()) {
            String module = root.resolve("../../..").normalize().getFileName().toString();
            Path own = root.resolve("io/blipmq")
                    .resolve(module.equals("blipmqd") ? "daemon" : module.replace("blipmq-", ""));

            assertThat(SourceTree.MAIN.files())
                    .filteredOn(file -> file.startsWith(root))
                    .allMatch(file -> file.startsWith(own));
        }
    }

    @Test
    void testsWaitForEvents() throws IOException {
        assertThat(linesOfTests(SLEEP_OR_INTERRUPT.asPredicate())).isEmpty();
    }

    private static List<String> linesOfTests(Predicate<String> wanted) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : SourceTree.TEST.files()) {
            Files.readAllLines(file).stream()
                    .filter(wanted)
                    .map(line -> file + ": " + line.strip())
                    .forEach(found::add);
        }
        return found;
    }
}
