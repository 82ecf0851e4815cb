package io.blipmq.wal.storage;

import io.blipmq.wal.DiskFullException;
import io.blipmq.wal.WalPathException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The log's directory on a real disk. Thread-safe.
 *
 * <p>A process drops a POSIX file lock when it closes <em>any</em> descriptor of the file. So a directory that this
 * process has locked is remembered, and its lock file is not opened a second time.
 */
public final class FileStorage implements Storage {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final int PID_DIGITS_MAX = 20;
    private static final Set<Path> LOCKED_HERE = ConcurrentHashMap.newKeySet();

    private static final Set<StandardOpenOption> READ_WRITE = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);

    private final Path directory;
    private final boolean readOnly;
    private ChannelFile lock;

    private FileStorage(Path directory, boolean readOnly) {
        this.directory = directory;
        this.readOnly = readOnly;
    }

    /**
     * Opens the directory, which is created with its parents when it is missing.
     *
     * @throws WalPathException when the path cannot hold a log: it is a file, or not this user's to write
     */
    public static FileStorage open(Path path) throws IOException {
        WalDirectory.prepare(path);
        return new FileStorage(path.toRealPath(), false);
    }

    /**
     * Opens the directory of a log that is only looked at: nothing in it is ever written, the lock's file neither.
     *
     * @throws WalPathException when there is no such directory
     */
    public static FileStorage openReadOnly(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            WalDirectory.requireNoLooseLink(path.toAbsolutePath().normalize());
            throw new WalPathException("there is no log at "
                    + path.toAbsolutePath().normalize()
                    + (Files.exists(path) ? ": it is a file, not a directory" : ": there is no such directory"));
        }
        return new FileStorage(path.toRealPath(), true);
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (UncheckedIOException e) {
            throw FailedCall.of("reading the names in " + directory, e.getCause());
        } catch (IOException e) {
            throw FailedCall.of("opening the directory " + directory, e);
        }
    }

    @Override
    public StorageFile create(String name) throws IOException {
        requireWritable();
        return ChannelFile.open(
                directory.resolve(name),
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public StorageFile open(String name) throws IOException {
        return ChannelFile.open(directory.resolve(name), readOnly ? Set.of(StandardOpenOption.READ) : READ_WRITE);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        requireWritable();
        try {
            Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw FailedCall.of("rename of " + directory.resolve(from) + " to " + to, e);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        requireWritable();
        try {
            Files.deleteIfExists(directory.resolve(name));
        } catch (IOException e) {
            throw FailedCall.of("unlink of " + directory.resolve(name), e);
        }
    }

    private void requireWritable() {
        if (readOnly) {
            throw new IllegalStateException("the log is open for reading only");
        }
    }

    /** A second name for the same bytes, where the file system has such a thing. */
    @Override
    public void keep(String name, String copy) throws IOException {
        requireWritable();
        try {
            Files.createLink(directory.resolve(copy), directory.resolve(name));
            syncDirectory();
        } catch (UnsupportedOperationException | FileSystemException e) {
            Storage.super.keep(name, copy);
        }
    }

    @Override
    public void syncDirectory() throws IOException {
        WalDirectory.force(directory);
    }

    @Override
    public synchronized OptionalLong tryLock() throws IOException {
        if (lock != null) {
            return OptionalLong.empty();
        }
        if (!LOCKED_HERE.add(directory)) {
            return OptionalLong.of(ProcessHandle.current().pid());
        }
        ChannelFile file = null;
        try {
            file = ChannelFile.open(directory.resolve(SegmentNames.LOCK), lockOptions());
            if (!file.tryLock(readOnly)) {
                return OptionalLong.of(readPid(file));
            }
            if (!readOnly) {
                writePid(file);
            }
            lock = file;
            return OptionalLong.empty();
        } catch (OverlappingFileLockException e) {
            return OptionalLong.of(ProcessHandle.current().pid());
        } catch (NoSuchFileException e) {
            return OptionalLong.empty(); // a copy of a log that is only looked at, which nobody holds
        } finally {
            if (lock == null) {
                if (file != null) {
                    file.close();
                }
                LOCKED_HERE.remove(directory);
            }
        }
    }

    /** Readers share the lock, and keep a daemon from starting meanwhile. */
    private Set<StandardOpenOption> lockOptions() {
        return readOnly
                ? Set.of(StandardOpenOption.READ)
                : Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** For whom it may concern: without the number the lock holds as well, so a full disk is no reason not to start. */
    private static void writePid(StorageFile file) throws IOException {
        String pid = ProcessHandle.current().pid() + "\n";
        file.truncate(0);
        try {
            file.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
        } catch (DiskFullException e) {
            file.truncate(0); // a part of it would name another process
        }
    }

    private static long readPid(StorageFile file) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(PID_DIGITS_MAX);
        int bytes = file.read(text, 0);
        String digits = new String(text.array(), 0, bytes, StandardCharsets.US_ASCII).strip();
        return digits.matches("\\d{1,18}") ? Long.parseLong(digits) : 0;
    }

    @Override
    public String bootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public String describe() {
        return directory.toString();
    }

    @Override
    public synchronized void close() throws IOException {
        if (lock != null) {
            ChannelFile held = lock;
            lock = null;
            held.close();
            LOCKED_HERE.remove(directory);
        }
    }
}
