package io.blipmq.wal.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@link FileStorage} in a process of its own, under strace: what it does is seen at the system call. Each {@link
 * DurabilityScript} has a directory below the given one. Every other write takes three bytes only and is to be continued.
 * Immutable.
 */
public final class TracedStorage {
    private static final int SHORT_BYTES = 3;
    private static final String LOCK = "LOCK";
    private static final Pattern MKDIR = Pattern.compile(".* mkdir\\(\"([^\"]*)\", .*\\) += 0");

    private final Path directory;
    private final SystemCalls calls;

    private TracedStorage(Path directory, SystemCalls calls) {
        this.directory = directory;
        this.calls = calls;
    }

    /** @param classes come before those that are built; may be empty */
    public static TracedStorage run(Path where, List<Path> classes) throws IOException, InterruptedException {
        Path directory = where.toRealPath(); // as strace tells it
        String shortWrites = "inject=pwrite64:retval=" + SHORT_BYTES + ":when=1+2";
        return new TracedStorage(
                directory, SystemCalls.of(List.of("-e", shortWrites), classes, Scripts.class, directory));
    }

    /** What the calls of a script have told the disk. */
    public SimulatedStorage disk(DurabilityScript script) throws IOException {
        return calls.disk(directoryOf(directory, script.name()));
    }

    /** What the lock's file has got. */
    String lockContent() throws IOException {
        byte[] content = calls.disk(directoryOf(directory, LOCK)).content(SegmentNames.LOCK);
        return new String(content, StandardCharsets.US_ASCII);
    }

    /** How many directories were made. */
    long newDirectories() {
        return calls.in(directory).stream()
                .filter(call -> MKDIR.matcher(call).matches())
                .count();
    }

    /** Those in which something was made, or the process ended, before their name had been forced. */
    List<Path> unforcedDirectories() {
        List<Path> unforced = new ArrayList<>();
        Path made = null;
        for (String call : calls.in(directory)) {
            Matcher mkdir = MKDIR.matcher(call);
            if (made != null && call.contains("fsync(") && call.contains("<" + made.getParent() + ">")) {
                made = null;
            } else if (made != null && (mkdir.matches() || call.contains("O_CREAT"))) {
                unforced.add(made);
            }
            made = mkdir.matches() ? Path.of(mkdir.group(1)) : made;
        }
        if (made != null) {
            unforced.add(made);
        }
        return unforced;
    }

    private static Path directoryOf(Path directory, String name) {
        return directory.resolve("logs").resolve(name);
    }

    /** The traced process. */
    static final class Scripts {
        public static void main(String[] arguments) throws IOException {
            Path directory = Path.of(arguments[0]);
            for (DurabilityScript script : DurabilityScript.values()) {
                try (Storage storage = FileStorage.open(directoryOf(directory, script.name()))) {
                    script.run(storage);
                }
            }
            try (Storage storage = FileStorage.open(directoryOf(directory, LOCK))) {
                storage.tryLock();
            }
        }

        private Scripts() {}
    }
}
