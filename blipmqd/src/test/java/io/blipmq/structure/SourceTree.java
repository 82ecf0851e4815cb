package io.blipmq.structure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The Java files of all modules in the checkout, without test sources or of test sources only. Immutable. */
enum SourceTree {
    MAIN("src/main/java"),
    TEST("src/test/java");

    /** The directory of the module that runs the test; the others lie beside it. */
    static final Path CHECKOUT = Path.of(System.getProperty("basedir", "."))
            .toAbsolutePath()
            .resolve("..")
            .normalize();

    private final String root;

    SourceTree(String root) {
        this.root = root;
    }

    List<Path> roots() {
        try (Stream<Path> modules = Files.list(CHECKOUT)) {
            return modules.map(module -> module.resolve(root))
                    .filter(Files::isDirectory)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Path> files() {
        return roots().stream().flatMap(SourceTree::filesBelow).toList();
    }

    Set<Path> directories() {
        return files().stream().map(Path::getParent).collect(Collectors.toCollection(TreeSet::new));
    }

    Set<String> packages() {
        Set<String> names = new TreeSet<>();
        for (Path root : roots()) {
            filesBelow(root)
                    .map(file -> root.relativize(file.getParent()).toString().replace('/', '.'))
                    .forEach(names::add);
        }
        return names;
    }

    private static Stream<Path> filesBelow(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
