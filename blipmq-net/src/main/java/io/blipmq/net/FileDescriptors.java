package io.blipmq.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many connections the process has file descriptors for. Stateless.
 *
 * <p>Connections must not take the last ones: the log needs some for its next segment, and the virtual machine for
 * whatever it loads late.
 */
final class FileDescriptors {
    private static final Logger logger = LoggerFactory.getLogger(FileDescriptors.class);

    /** For the log's files, the metrics server, libraries and standard streams, with some to spare. */
    private static final int RESERVED = 128;

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern SOFT_LIMIT = Pattern.compile("Max open files\\s+(\\d+)\\s.*");

    private FileDescriptors() {}

    /** @return what is wanted, or as many as there are descriptors for, with a warning */
    static int connectionsMax(int wanted) {
        return connectionsMax(wanted, limit());
    }

    static int connectionsMax(int wanted, long limit) {
        long possible = Math.max(1, limit - RESERVED);
        if (wanted <= possible) {
            return wanted;
        }
        logger.warn(
                "max_connections is {}, but this process may open only {} files: at most {} connections are accepted;"
                        + " raise the limit with ulimit -n or systemd's LimitNOFILE",
                wanted,
                limit,
                possible);
        return (int) possible;
    }

    /** @return the process's limit on open files, or no limit where the system does not tell it here */
    private static long limit() {
        try {
            return limit(Files.readAllLines(LIMITS));
        } catch (IOException e) {
            return Integer.MAX_VALUE;
        }
    }

    static long limit(List<String> lines) {
        for (String line : lines) {
            Matcher matcher = SOFT_LIMIT.matcher(line);
            if (matcher.matches()) {
                return Long.parseLong(matcher.group(1));
            }
        }
        return Integer.MAX_VALUE;
    }
}
