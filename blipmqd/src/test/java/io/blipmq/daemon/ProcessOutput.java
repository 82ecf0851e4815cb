package io.blipmq.daemon;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Thread-safe: the lines that a process writes to one of its streams, as they come. */
final class ProcessOutput {
    /** Far longer than anything takes on a busy machine. */
    private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);

    private final List<String> lines = new ArrayList<>();
    private final Thread reader;
    private boolean ended;

    ProcessOutput(String name, InputStream stream) {
        reader = new Thread(() -> readAll(stream), name);
        reader.setDaemon(true);
        reader.start();
    }

    private void readAll(InputStream stream) {
        try (BufferedReader text = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = text.readLine(); line != null; line = text.readLine()) {
                add(line);
            }
        } catch (IOException e) {
            add("(the output ended with " + e + ")");
        } finally {
            end();
        }
    }

    private synchronized void add(String line) {
        lines.add(line);
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Waits for a line, from the first one on. */
    String await(String what, Predicate<String> wanted) throws InterruptedException {
        return awaitOrEnd(what, wanted)
                .orElseThrow(() -> new AssertionError("the output ended while waiting for '" + what + "':\n" + text()));
    }

    /** @return empty when the output ended without that line */
    synchronized Optional<String> awaitOrEnd(String what, Predicate<String> wanted) throws InterruptedException {
        long startNanos = System.nanoTime();
        int next = 0;
        while (true) {
            while (next < lines.size()) {
                String line = lines.get(next++);
                if (wanted.test(line)) {
                    return Optional.of(line);
                }
            }
            if (ended) {
                return Optional.empty();
            }
            long leftNanos = WAIT_NANOS_MAX - (System.nanoTime() - startNanos);
            if (leftNanos <= 0) {
                throw new AssertionError("no line came for long while waiting for '" + what + "':\n" + text());
            }
            wait(1 + TimeUnit.NANOSECONDS.toMillis(leftNanos));
        }
    }

    /** Waits until the process has closed the stream. */
    void awaitEnd() throws InterruptedException {
        reader.join(TimeUnit.NANOSECONDS.toMillis(WAIT_NANOS_MAX));
    }

    synchronized String text() {
        return String.join("\n", lines);
    }
}
