package io.blipmq.wal.simulation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A bug in the product's source, put there for a test that has to notice it. Immutable.
 *
 * <p>A piece of source, which must occur exactly once in a module, is replaced by another; the file is compiled in
 * memory, and a trial runs with classes of its own, of which only the compiled ones differ from those that are built. So
 * nothing in the product knows of it. Blanks and line ends do not count when the piece is looked for.
 *
 * @param what says what is wrong
 * @param sources the module's source directory
 */
public record PlantedBug(String what, Path sources, String right, String wrong) {
    /**
     * @param trial a class with a public constructor without parameters; each call of it is a run with a seed, and answers
     *     what was found wrong, or null
     */
    public LongFunction<String> trial(Class<? extends LongFunction<String>> trial) throws IOException {
        return new OwnClasses(compile(), UnaryOperator.identity()).trial(trial);
    }

    /** Runs until one of the seeds finds it out. @return what was found, or null when the bug has survived */
    public String findOut(Class<? extends LongFunction<String>> trial, int runsMax) throws IOException {
        LongFunction<String> planted = trial(trial);
        for (long seed = 1; seed <= runsMax; seed++) {
            String found = planted.apply(seed);
            if (found != null) {
                return "run " + seed + ": " + found.lines().findFirst().orElse("");
            }
        }
        return null;
    }

    /** Writes the classes that the bug changes below a directory, for a process that finds them before those that are built. */
    public void compileTo(Path directory) throws IOException {
        for (Map.Entry<String, byte[]> planted : compile().entrySet()) {
            Path file = directory.resolve(planted.getKey().replace('.', '/') + ".class");
            Files.createDirectories(file.getParent());
            Files.write(file, planted.getValue());
        }
    }

    /** As {@link #trial}, where the threads of the log take the turns that {@link Interleaving} gives them. */
    LongFunction<String> interleaved(Class<? extends LongFunction<String>> trial) throws IOException {
        return new OwnClasses(compile(), StepPoints::into).trial(trial);
    }

    // ---- planting

    private record Source(Path file, String text) {}

    /** The source with the bug in it. */
    private Source planted() throws IOException {
        Source found = null;
        String wanted = withoutBlanks(right);
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String text = Files.readString(file);
                String bare = withoutBlanks(text);
                int at = bare.indexOf(wanted);
                if (at >= 0) {
                    boolean again = found != null || bare.indexOf(wanted, at + 1) >= 0;
                    requirePlace(!again, "more than once");
                    found = new Source(file, replaced(text, at, wanted.length()));
                }
            }
        }
        requirePlace(found != null, "nowhere");
        return found;
    }

    private void requirePlace(boolean holds, String where) {
        if (!holds) {
            throw new IllegalStateException("\"" + what + "\" cannot be planted: its place is found " + where + " in "
                    + sources + ": " + right);
        }
    }

    private static String withoutBlanks(String text) {
        return text.replaceAll("\\s", "");
    }

    /** @param at and {@code length} count what is not blank */
    private String replaced(String text, int at, int length) {
        int begin = -1;
        int end = -1;
        int seen = 0;
        for (int index = 0; index < text.length() && end < 0; index++) {
            if (!Character.isWhitespace(text.charAt(index))) {
                begin = seen == at ? index : begin;
                seen++;
                end = seen == at + length ? index + 1 : end;
            }
        }
        return text.substring(0, begin) + wrong + text.substring(end);
    }

    // ---- compiling

    private Map<String, byte[]> compile() throws IOException {
        Source source = planted();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("planting a bug needs a JDK, not only a Java runtime");
        }
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(problems, null, null);
                Memory memory = new Memory(files)) {
            List<String> options =
                    List.of("-classpath", System.getProperty("java.class.path"), "-proc:none", "-Xlint:none");
            SimpleJavaFileObject unit = new SimpleJavaFileObject(source.file.toUri(), JavaFileObject.Kind.SOURCE) {
                @Override
                public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                    return source.text;
                }
            };
            if (!compiler.getTask(null, memory, problems, options, null, List.of(unit))
                    .call()) {
                throw new IllegalStateException("\"" + what + "\" does not compile: " + errors(problems));
            }
            return memory.classes();
        }
    }

    private static List<String> errors(DiagnosticCollector<JavaFileObject> problems) {
        return problems.getDiagnostics().stream()
                .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .map(Object::toString)
                .toList();
    }

    /** Keeps compiled classes in memory. */
    private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> outputs = new HashMap<>();

        Memory(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("memory:///" + name.replace('.', '/')), kind) {
                @Override
                public OutputStream openOutputStream() {
                    ByteArrayOutputStream output = new ByteArrayOutputStream();
                    outputs.put(name, output);
                    return output;
                }
            };
        }

        Map<String, byte[]> classes() {
            Map<String, byte[]> classes = new HashMap<>();
            outputs.forEach((name, output) -> classes.put(name, output.toByteArray()));
            return classes;
        }
    }
}
