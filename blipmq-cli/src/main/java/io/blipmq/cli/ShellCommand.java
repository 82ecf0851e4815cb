package io.blipmq.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Owned by the main thread. Runs a command of the shell with some input, and takes what it prints. */
final class ShellCommand {
    /** Beyond the largest message that there can be. */
    private static final int OUTPUT_BYTES_MAX = 17 << 20;

    /** Reading and writing at a time, so that neither side waits for the other for ever. */
    private static final Executor THREADS = task -> {
        Thread thread = new Thread(task, "blipmq-command");
        thread.setDaemon(true);
        thread.start();
    };

    private final String command;
    private final Duration timeout;

    /** The command brought no result; says why. */
    static final class FailedException extends Exception {
        private static final long serialVersionUID = 1;

        FailedException(String message) {
            super(message);
        }
    }

    ShellCommand(String command, Duration timeout) {
        this.command = command;
        this.timeout = timeout;
    }

    Duration timeout() {
        return timeout;
    }

    /** @return what it printed on standard output; standard error is this process's */
    byte[] run(byte[] input) throws FailedException, IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-c", command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            CompletableFuture<byte[]> output =
                    CompletableFuture.supplyAsync(() -> read(process.getInputStream()), THREADS);
            CompletableFuture.runAsync(() -> write(input, process.getOutputStream()), THREADS);
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new FailedException("the command takes longer than " + timeout.toMillis() / 1000.0 + " s");
            }
            if (process.exitValue() != 0) {
                throw new FailedException("the command ended with status " + process.exitValue());
            }
            return output.join();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static byte[] read(InputStream from) {
        try {
            return from.readNBytes(OUTPUT_BYTES_MAX);
        } catch (IOException e) {
            return new byte[0]; // it was killed, and nobody asks what it had printed
        }
    }

    /** A command need not read its input. */
    private static void write(byte[] input, OutputStream to) {
        try (to) {
            to.write(input);
        } catch (IOException e) {
            // It has ended.
        }
    }
}
