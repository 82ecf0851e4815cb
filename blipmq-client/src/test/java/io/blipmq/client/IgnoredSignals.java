package io.blipmq.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the tests' caller has ignored: a job in the background of a script SIGINT, one under nohup SIGHUP. Processes hand that
 * on to those that they start. Stateless.
 */
public final class IgnoredSignals {
    private static final Path STATUS = Path.of("/proc/self/status");

    private IgnoredSignals() {}

    public static boolean contain(int signal) throws IOException {
        if (!Files.exists(STATUS)) {
            return false;
        }
        String mask = Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElseThrow()
                .replaceFirst("SigIgn:\\s*", "");
        return (Long.parseUnsignedLong(mask, 16) >> (signal - 1) & 1) != 0;
    }
}
