package io.blipmq.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How a daemon is started: its directory, configuration, arguments and environment. Owned by the test's thread.
 *
 * <p>Unless the test says otherwise it listens on free ports, keeps its log in {@code log} below the directory, which is
 * also its working directory, and lets {@link #KEY} in.
 */
final class DaemonSetup {
    static final String KEY = "test-key";

    private static final List<String> JVM_OPTIONS = List.of(
            "-ea",
            "-Xmx80m",
            "-XX:MaxDirectMemorySize=128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-Dfile.encoding=UTF-8");

    private final Path directory;
    private final Map<String, String> config = new LinkedHashMap<>();
    private final Map<String, String> variables = new LinkedHashMap<>();
    private List<String> arguments;
    private List<String> launcher = List.of();
    private List<String> jvmOptions = List.of();

    private DaemonSetup(Path directory) {
        this.directory = directory;
    }

    /** A daemon of its own in this directory. */
    static DaemonSetup in(Path directory) {
        return new DaemonSetup(directory)
                .with("port", 0)
                .with("metrics_port", 0)
                .with("wal_path", directory.resolve("log").toString())
                .with("wal_segment_bytes", 32 << 20)
                .with("allowed_api_keys", List.of(KEY));
    }

    /** Nothing but built-in defaults, the environment, and what is given later. */
    static DaemonSetup bare(Path directory, String... arguments) {
        return new DaemonSetup(directory).arguments(arguments);
    }

    /** Sets a key of the configuration: a number, a flag, a text or a list of texts. */
    DaemonSetup with(String key, Object value) {
        config.put(key, toml(value));
        return this;
    }

    private static String toml(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(DaemonSetup::toml).collect(Collectors.joining(", ", "[", "]"));
        }
        return value instanceof String text ? '"' + text + '"' : value.toString();
    }

    /** Sets a variable of the environment. */
    DaemonSetup variable(String name, String value) {
        variables.put(name, value);
        return this;
    }

    /** Sets the command line; with one, no file is written, and {@link #with} has no effect. */
    DaemonSetup arguments(String... list) {
        arguments = List.of(list);
        return this;
    }

    /** Sets the command that starts the daemon's, which follows it; it has to become the daemon's process. */
    DaemonSetup under(List<String> command) {
        launcher = command;
        return this;
    }

    /** Sets options of the JVM, which win over the usual ones. */
    DaemonSetup jvmOptions(String... options) {
        jvmOptions = List.of(options);
        return this;
    }

    Path directory() {
        return directory;
    }

    Path logDirectory() {
        return directory.resolve("log");
    }

    ProcessBuilder processBuilder() throws IOException {
        List<String> command = new ArrayList<>(launcher);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(arguments == null ? List.of("--config", writeConfig().toString()) : arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().keySet().removeIf(DaemonSetup::isOurs);
        builder.environment().putAll(variables);
        return builder;
    }

    private Path writeConfig() throws IOException {
        List<String> lines = config.entrySet().stream()
                .map(entry -> entry.getKey() + " = " + entry.getValue())
                .toList();
        return Files.write(directory.resolve("blipmq.toml"), lines);
    }

    /** What would make a daemon of the tests depend on who runs them. */
    private static boolean isOurs(String variable) {
        return variable.startsWith("BLIPMQ_") || variable.equals("RUST_LOG") || variable.equals("JAVA_TOOL_OPTIONS");
    }
}
