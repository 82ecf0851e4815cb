package io.blipmq.daemon;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a daemon under Debian's strace, which makes system calls fail, die or take long where it is told to. Owned by the
 * test's thread.
 *
 * <p>Calls are counted per thread, and per file when one is named. The tracer is a grandchild, so that the started process
 * is the daemon itself. All calls are traced, without strace's filter for the wanted ones: with it, some injected signals
 * are never delivered.
 */
final class Strace {
    /** The calls that change or force files. */
    static final String CHANGES = "pwrite64,fdatasync,fsync,rename,unlink,ftruncate";

    private final Path trace;
    private final List<String> command = new ArrayList<>();

    /** @param trace where the traced calls are written */
    Strace(Path trace) {
        this.trace = trace;
        command.addAll(List.of("strace", "-D", "-f", "-y", "-s", "0", "-e", "signal=none", "-o", trace.toString()));
    }

    /** Ends the test, visibly, where there is no strace or it may not trace. */
    static void assumeAvailable() throws InterruptedException {
        String missing = whyNot();
        if (!missing.isEmpty()) {
            System.out.println("SKIPPED: faults at system calls are not tested here: " + missing);
        }
        assumeThat(missing)
                .as("what keeps faults at system calls from being tested")
                .isEmpty();
    }

    private static String whyNot() throws InterruptedException {
        try {
            Process probe = new ProcessBuilder("strace", "-f", "-e", "inject=fdatasync:error=EIO:when=1", "true")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            boolean ended = probe.waitFor(30, TimeUnit.SECONDS);
            return ended && probe.exitValue() == 0 ? "" : "strace cannot trace processes here";
        } catch (IOException e) {
            return "strace is not installed (ci/install-deps.sh installs it)";
        }
    }

    /** Plans a fault in strace's words, such as {@code fdatasync:error=EIO:when=3}. */
    Strace inject(String fault) {
        command.addAll(List.of("-e", "trace=" + CHANGES, "-e", "inject=" + fault));
        return this;
    }

    /** Lets calls that are not traced pass without stopping: for a daemon that has to be quick, and whose faults are delays. */
    Strace quick() {
        command.add("--seccomp-bpf");
        return this;
    }

    /** Traces, and counts, only calls that touch this file. */
    Strace only(Path file) {
        command.addAll(List.of("-P", file.toString()));
        return this;
    }

    List<String> command() {
        return command;
    }

    /** The traced calls; all of them once the daemon has ended. */
    List<String> calls() throws IOException {
        return Files.exists(trace) ? Files.readAllLines(trace) : List.of();
    }

    /** The calls that were made to fail. */
    List<String> failedCalls() throws IOException {
        return calls().stream().filter(line -> line.contains("(INJECTED)")).toList();
    }
}
