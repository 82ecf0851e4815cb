package io.blipmq.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Thread-safe: while it is open, a terminal hands over each key as it is pressed and does not show it. It is put back at the
 * end, also when a signal ends the process. Where standard input is no terminal, or there is no {@code stty}, nothing happens.
 */
final class RawTerminal implements AutoCloseable {
    /** How the terminal was; null when it is not changed. */
    private final String before;

    private final Thread hook;

    private RawTerminal(String before) {
        this.before = before;
        this.hook = new Thread(this::restore, "blipmq-terminal");
    }

    static RawTerminal open(InputStream input) {
        String before = input instanceof FileInputStream ? stty("-g") : null;
        RawTerminal terminal = new RawTerminal(before);
        if (before != null) {
            Runtime.getRuntime().addShutdownHook(terminal.hook);
            stty("-icanon", "-echo", "min", "1");
        }
        return terminal;
    }

    /** @return what it prints; null when it fails */
    private static String stty(String... arguments) {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? printed.strip() : null;
        } catch (IOException | InterruptedException e) {
            return null;
        }
    }

    /** Lines that it shows, if that is known. */
    int lines(int otherwise) {
        String size = before == null ? null : stty("size");
        try {
            return size == null ? otherwise : Integer.parseInt(size.substring(0, size.indexOf(' ')));
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
            return otherwise;
        }
    }

    private void restore() {
        if (before != null) {
            stty(before);
        }
    }

    @Override
    public void close() {
        if (before == null) {
            return;
        }
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
            restore();
        } catch (IllegalStateException e) {
            // The hook is running.
        }
    }
}
