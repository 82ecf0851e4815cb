package io.blipmq.wal.storage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The system calls of a process, as strace wrote them down, made again on a {@link SimulatedStorage}: what they would have
 * left on a disk that then loses power. Owned by the test's one thread.
 *
 * <p>A call that failed changes nothing, a write that took a part writes that part, and a file is forced when {@code
 * fdatasync} or {@code fsync} was called for it; the names of a directory when {@code fsync} was called for that.
 */
public final class SystemCalls {
    private static final String TRACED = "openat,mkdir,pwrite64,ftruncate,fdatasync,fsync,rename,link,unlink";
    private static final int TRACED_BYTES_MAX = 1 << 16;

    private static final Pattern CALL = Pattern.compile("\\d+ +(\\w+)\\((.*)\\) += (\\d+)(<.*>)?( \\(INJECTED\\))?");
    private static final Pattern UNFINISHED = Pattern.compile("((\\d+) .*) <unfinished \\.\\.\\.>");
    private static final Pattern RESUMED = Pattern.compile("(\\d+) +<\\.\\.\\. \\w+ resumed>(.*)");
    private static final Pattern CREATED = Pattern.compile("AT_FDCWD<[^>]*>, \"([^\"]*)\", \\S*O_CREAT.*");
    private static final Pattern NAMES = Pattern.compile("\"([^\"]*)\"(?:, \"([^\"]*)\")?");
    private static final Pattern FILE = Pattern.compile("\\d+<([^>]*)>(.*)");
    private static final Pattern WRITTEN = Pattern.compile(", \"(.*)\", (\\d+), (\\d+)");
    private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7]{1,3}|.)");

    private final List<String> lines;

    private SystemCalls(List<String> lines) {
        this.lines = lines;
    }

    /**
     * Those of a class with a main method, in a process of its own.
     *
     * @param strace further options
     * @param classes come before those that are built; may be empty
     * @param argument a directory, in which the trace is written
     */
    public static SystemCalls of(List<String> strace, List<Path> classes, Class<?> main, Path argument)
            throws IOException, InterruptedException {
        Path trace = argument.resolve("trace");
        List<String> options = new ArrayList<>(List.of("-o", trace.toString(), "-e", "trace=" + TRACED));
        options.addAll(List.of("-s", String.valueOf(TRACED_BYTES_MAX)));
        options.addAll(strace);
        TracedProcess.run(options, classes, main, argument);
        return new SystemCalls(whole(Files.readAllLines(trace)));
    }

    /** A call during which another thread made one stands in two lines; it counts where it ended. */
    private static List<String> whole(List<String> lines) {
        Map<String, String> begun = new HashMap<>();
        List<String> whole = new ArrayList<>();
        for (String line : lines) {
            Matcher unfinished = UNFINISHED.matcher(line);
            Matcher resumed = RESUMED.matcher(line);
            if (unfinished.matches()) {
                begun.put(unfinished.group(2), unfinished.group(1));
            } else if (resumed.matches()) {
                whole.add(begun.remove(resumed.group(1)) + resumed.group(2));
            } else {
                whole.add(line);
            }
        }
        return whole;
    }

    /** The calls about the files of a directory, as they were made: arguments and result. */
    List<String> in(Path directory) {
        return lines.stream()
                .filter(line -> line.contains(directory.toString()))
                .toList();
    }

    /** The disk that the calls have made of the empty directory. */
    SimulatedStorage disk(Path directory) throws IOException {
        return disk(directory, (call, disk) -> {});
    }

    /** Sees each call, and what it has made of the disk. */
    public interface Watch {
        void after(String call, SimulatedStorage disk) throws IOException;
    }

    /** As {@link #disk(Path)}, watched. */
    public SimulatedStorage disk(Path directory, Watch watch) throws IOException {
        Replay replay = new Replay(directory);
        for (String line : lines) {
            Matcher call = CALL.matcher(line);
            if (call.matches()) {
                replay.onCall(call.group(1), call.group(2), Integer.parseInt(call.group(3)));
                watch.after(line, replay.disk);
            }
        }
        return replay.disk;
    }

    private static final class Replay {
        private final Path directory;
        private final SimulatedStorage disk = new SimulatedStorage(1);
        private final Map<String, StorageFile> open = new HashMap<>();

        Replay(Path directory) {
            this.directory = directory;
        }

        void onCall(String call, String arguments, int result) throws IOException {
            switch (call) {
                case "openat" -> onOpen(arguments);
                case "rename" -> onNames(arguments, disk::rename);
                case "link" -> onNames(arguments, disk::link);
                case "unlink" -> onNames(arguments, (name, none) -> disk.delete(name));
                default -> onFile(call, arguments, result);
            }
        }

        private void onOpen(String arguments) throws IOException {
            Matcher created = CREATED.matcher(arguments);
            String name = created.matches() ? name(created.group(1)) : null;
            if (name != null && !disk.list().contains(name)) {
                disk.create(name).close();
            }
        }

        private interface Change {
            void of(String name, String other) throws IOException;
        }

        private void onNames(String arguments, Change change) throws IOException {
            Matcher names = NAMES.matcher(arguments);
            String name = names.matches() ? name(names.group(1)) : null;
            if (name != null) {
                change.of(name, names.group(2) == null ? null : name(names.group(2)));
            }
        }

        private void onFile(String call, String arguments, int result) throws IOException {
            Matcher descriptor = FILE.matcher(arguments);
            if (!descriptor.matches()) {
                return;
            }
            String path = descriptor.group(1);
            if (path.equals(directory.toString()) && call.equals("fsync")) {
                disk.syncDirectory();
            }
            String name = name(path);
            if (name != null) {
                onFile(disk.open(name), call, descriptor.group(2), result);
            }
        }

        private static void onFile(StorageFile file, String call, String arguments, int result) throws IOException {
            switch (call) {
                case "pwrite64" -> {
                    Matcher written = WRITTEN.matcher(arguments);
                    if (!written.matches()) {
                        throw new IllegalStateException("a write that was not traced in whole: " + arguments);
                    }
                    byte[] bytes = unescaped(written.group(1));
                    file.write(ByteBuffer.wrap(bytes, 0, result), Long.parseLong(written.group(3)));
                }
                case "ftruncate" -> file.truncate(Long.parseLong(arguments.substring(2)));
                case "fdatasync", "fsync" -> file.force();
                default -> {}
            }
        }

        /** Of a file in the directory; null for others. */
        private String name(String path) {
            Path file = Path.of(path);
            return directory.equals(file.getParent()) ? file.getFileName().toString() : null;
        }
    }

    private static byte[] unescaped(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int at = 0;
        Matcher escape = ESCAPE.matcher(text);
        while (escape.find()) {
            bytes.writeBytes(text.substring(at, escape.start()).getBytes(StandardCharsets.ISO_8859_1));
            bytes.write(unescapedByte(escape.group(1)));
            at = escape.end();
        }
        bytes.writeBytes(text.substring(at).getBytes(StandardCharsets.ISO_8859_1));
        return bytes.toByteArray();
    }

    private static int unescapedByte(String escape) {
        int control = "abtnvfr".indexOf(escape.charAt(0));
        if (Character.isDigit(escape.charAt(0))) {
            return Integer.parseInt(escape, 8);
        }
        return control < 0 ? escape.charAt(0) : 7 + control;
    }
}
