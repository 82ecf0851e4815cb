package io.blipmq.wal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes the log's directory ready, or says why it cannot be. Stateless. */
final class WalDirectory {

    static void prepare(Path path) throws IOException {
        Path directory = path.toAbsolutePath().normalize();
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new WalPathException(directory + " is a file, not a directory: a log of the Rust daemon, which this"
                    + " daemon cannot read and which could not be recovered there either, or another file. Move it"
                    + " away (mv " + directory + " " + directory + ".old) or set another wal_path");
        }
        create(directory);
        if (!Files.isReadable(directory) || !Files.isWritable(directory) || !Files.isExecutable(directory)) {
            throw isReadOnly(directory) ? readOnly(directory) : notOurs(directory, null);
        }
    }

    private static boolean isReadOnly(Path directory) {
        try {
            return Files.getFileStore(directory).isReadOnly();
        } catch (IOException e) {
            return false; // not known, so it is taken to be the rights
        }
    }

    private static WalPathException readOnly(Path directory) {
        return new WalPathException("the log cannot be kept in " + directory + ": its file system is mounted read-only,"
                + " which the system does by itself when a disk fails: see dmesg. Mount it for writing, or set another"
                + " wal_path");
    }

    private static void create(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        try {
            create(parent);
            Files.createDirectory(directory);
            force(parent);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw new WalPathException(directory + " is a file, so no log can be kept below it", e);
            }
        } catch (AccessDeniedException e) {
            throw notOurs(parent, e);
        } catch (FileSystemException e) {
            String why = e.getReason() == null ? e.toString() : e.getReason();
            throw new WalPathException(
                    "the log's directory " + directory + " cannot be made: " + why
                            + ". Correct that, or set another wal_path",
                    e);
        }
    }

    private static WalPathException notOurs(Path directory, IOException cause) {
        return new WalPathException(notOurs(directory, ownerId(directory), ownId()), cause);
    }

    /** The message for a directory that cannot be written. */
    static String notOurs(Path directory, String ownerId, String ownId) {
        return "the log cannot be kept in " + directory + ": it belongs to uid " + ownerId + " and uid " + ownId
                + ", which this daemon runs as, may not write there. Run: chown -R " + ownId + " " + directory
                + " (as root), or set another wal_path";
    }

    private static String ownerId(Path path) {
        try {
            return String.valueOf(Files.getAttribute(path, "unix:uid"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return "unknown";
        }
    }

    private static String ownId() {
        String id = ownerId(Path.of("/proc/self"));
        return id.equals("unknown") ? System.getProperty("user.name") : id;
    }

    /** Makes the names in a directory survive a power loss. */
    static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private WalDirectory() {}
}
