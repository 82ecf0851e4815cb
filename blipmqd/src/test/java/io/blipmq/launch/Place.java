package io.blipmq.launch;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;

/** A directory with the launchers in {@code bin/}, and what surrounds their start: the environment and the caller's directory. */
final class Place {
    private static final long LIMIT_SECONDS = 60;
    static final Path CHECKOUT = Path.of(System.getProperty("basedir", "."))
            .toAbsolutePath()
            .resolve("..")
            .normalize();
    private static final Path PROBE = Path.of("io/blipmq/daemon/Main");

    final Path home;
    private final Path caller;
    private final Map<String, String> environment = new HashMap<>();

    /** What a program that ended left behind. */
    record Result(int status, String out, String err) {}

    private Place(Path home, Path caller) {
        this.home = home;
        this.caller = caller;
    }

    static Place copyOfLaunchers(Path directory) throws IOException {
        Place place = new Place(
                directory.resolve("a place/blipmq"), Files.createDirectories(directory.resolve("else where")));
        Path bin = Files.createDirectories(place.home.resolve("bin"));
        for (String name : List.of("blipmqd", "blipmq", "launch.sh")) {
            Files.copy(CHECKOUT.resolve("bin").resolve(name), bin.resolve(name));
        }
        place.set("JAVA_HOME", System.getProperty("java.home"));
        place.set("LC_ALL", "C");
        return place;
    }

    /** A file that can be run, in a directory that is made when it is missing. */
    static Path script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    /** A directory for the PATH that has these programs of the system, where it has them, and no others. */
    static Path only(Path directory, String... tools) throws IOException {
        for (String tool : tools) {
            Path program = Path.of("/usr/bin", tool);
            if (Files.isExecutable(program)) {
                script(directory.resolve(tool), "exec " + program + " \"$@\"\n");
            }
        }
        return directory;
    }

    /** Compiles the probe that stands in for the daemon: it tells how it was started, and ends as it is asked to. */
    static void writeProbe(Path jar) throws IOException {
        Path classes = Files.createTempDirectory(jar.toAbsolutePath().getParent(), "classes");
        Path source = CHECKOUT.resolve("blipmqd/src/test/launch").resolve(PROBE + ".java");
        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", classes.toString(), "--release", "17", source.toString());
        if (status != 0) {
            throw new IllegalStateException("cannot compile " + source);
        }
        try (Stream<Path> files = Files.walk(classes);
                OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (Path path : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new ZipEntry(classes.relativize(path).toString()));
                Files.copy(path, out);
            }
        }
    }

    void set(String name, String value) {
        environment.put(name, value);
    }

    void unset(String name) {
        environment.remove(name);
    }

    Path blipmqd() {
        return home.resolve("bin/blipmqd");
    }

    Path caller() {
        return caller;
    }

    Process start(Path program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(caller.toFile());
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("BLIPMQ_") || name.contains("JAVA") || name.startsWith("L"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    Result run(Path program, String... arguments) throws Exception {
        return result(start(program, arguments));
    }

    static Result result(Process process) throws Exception {
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("still running: " + err);
        }
        return new Result(process.exitValue(), out, err);
    }
}
