package io.blipmq.wal.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A class with a main method in a process of its own, under strace. Stateless. */
final class TracedProcess {

    /**
     * Runs it to its end, which has to be a good one; without strace the test ends, visibly.
     *
     * @param strace options beside those that all have
     * @param classes come before those that are built; may be empty
     * @return its output
     */
    static List<String> run(List<String> strace, List<Path> classes, Class<?> main, Path argument)
            throws IOException, InterruptedException {
        assumeStrace();
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-y", "-e", "signal=none"));
        command.addAll(strace);
        List<String> path = new ArrayList<>(classes.stream().map(Path::toString).toList());
        path.add(System.getProperty("java.class.path"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Duser.language=en"));
        command.addAll(List.of("-cp", String.join(File.pathSeparator, path), main.getName(), argument.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("the status of %s", main).isZero();
        return output.lines().toList();
    }

    private static void assumeStrace() throws InterruptedException {
        boolean there = isStraceThere();
        if (!there) {
            System.out.println("SKIPPED: system calls are not looked at here: strace is missing or may not trace");
        }
        assumeThat(there).as("strace can trace processes here").isTrue();
    }

    private static boolean isStraceThere() throws InterruptedException {
        try {
            Process probe = new ProcessBuilder("strace", "-f", "-o", "/dev/null", "true")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return probe.waitFor(30, TimeUnit.SECONDS) && probe.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private TracedProcess() {}
}
