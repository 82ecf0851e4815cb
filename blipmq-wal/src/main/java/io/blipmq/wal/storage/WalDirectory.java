package io.blipmq.wal.storage;

import io.blipmq.wal.WalPathException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/** Makes the log's directory ready, or says why it cannot be. Stateless. */
final class WalDirectory {
    private static final String UNKNOWN = "unknown";

    static void prepare(Path path) throws IOException {
        Path directory = path.toAbsolutePath().normalize();
        requireNoLooseLink(directory);
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new WalPathException(directory + " is a file, not a directory: a log of the Rust daemon, which this"
                    + " daemon cannot read and which could not be recovered there either, or another file. Move it"
                    + " away (mv " + directory + " " + directory + ".old) or set another wal_path");
        }
        create(directory, directory);
        if (!Files.isReadable(directory) || !Files.isWritable(directory) || !Files.isExecutable(directory)) {
            throw new WalPathException(
                    isReadOnly(directory)
                            ? readOnly(directory)
                            : notWritable(directory, id(directory, "uid"), ownId("uid")));
        }
    }

    /** @throws WalPathException when it is a link to something that is not there */
    static void requireNoLooseLink(Path directory) throws IOException {
        if (Files.isSymbolicLink(directory) && !Files.exists(directory)) {
            Path target = directory.resolveSibling(Files.readSymbolicLink(directory));
            throw new WalPathException(directory + " is a symbolic link to " + target
                    + ", which is not there. Make that directory, or set another wal_path");
        }
    }

    private static boolean isReadOnly(Path directory) {
        try {
            return Files.getFileStore(directory).isReadOnly();
        } catch (IOException e) {
            return false; // not known, so it is taken to be the rights
        }
    }

    private static String readOnly(Path directory) {
        return "the log cannot be kept in " + directory
                + ": its file system is mounted read-only, which the system does"
                + " by itself when a disk fails: see dmesg. Mount it for writing, or set another wal_path";
    }

    /** @param log the directory that is wanted in the end, of which this one is an ancestor or itself */
    private static void create(Path directory, Path log) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        try {
            create(parent, log);
            Files.createDirectory(directory);
            force(parent);
        } catch (FileAlreadyExistsException e) {
            requireNoLooseLink(directory);
            if (!Files.isDirectory(directory)) {
                throw new WalPathException(directory + " is a file, so no log can be kept below it", e);
            }
        } catch (AccessDeniedException e) {
            throw new WalPathException(cannotMake(log, parent), e);
        } catch (FileSystemException e) {
            String why = e.getReason() == null ? "no directory can be made in " + parent : e.getReason();
            throw new WalPathException(
                    "the log's directory " + directory + " cannot be made: " + why
                            + ". Correct that, or set another wal_path",
                    e);
        }
    }

    /** The message for a log's directory that is there and cannot be written. */
    static String notWritable(Path log, String ownerId, String ownId) {
        String where = "the log cannot be kept in " + log + ": ";
        return where + (isOwn(ownerId, ownId) ? itsMode("its mode", log, ownId) : notOurs(log, ownerId, ownId));
    }

    private static boolean isOwn(String ownerId, String ownId) {
        return ownerId.equals(ownId) && !ownId.equals(UNKNOWN);
    }

    /** Why the owner of a directory may not write there, and what helps. */
    private static String itsMode(String what, Path directory, String ownId) {
        String mode = mode(directory);
        String who = ", uid " + ownId + ", which this daemon runs as, may not write there";
        return mode.startsWith("rwx")
                ? what + " is " + mode + ", but its owner" + who + ": an ACL, an attribute (lsattr) or a"
                        + " security module forbids it. Correct that, or set another wal_path"
                : what + " is " + mode + ", so that its owner" + who + ". Run: chmod u+rwx " + directory
                        + ", or set another wal_path";
    }

    private static String mode(Path directory) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
        } catch (IOException | UnsupportedOperationException e) {
            return UNKNOWN;
        }
    }

    private static String notOurs(Path log, String ownerId, String ownId) {
        return "it belongs to uid " + ownerId + " and uid " + ownId
                + ", which this daemon runs as, may not write there. "
                + (holdsOtherThings(log)
                        ? "It holds other things than a log: set wal_path to a directory of its own"
                        : "Run: chown -R " + ownId + " " + log + " (as root), or set another wal_path");
    }

    /** Whether a change of its owner could harm somebody; false when it cannot be seen. */
    private static boolean holdsOtherThings(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return !SegmentNames.foreign(
                            files.map(file -> file.getFileName().toString()).toList())
                    .isEmpty();
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    /** The message for a directory that is missing. What is above it is others', too, so only the log's own is given away. */
    private static String cannotMake(Path log, Path parent) {
        String ownId = ownId("uid");
        String ownerId = id(parent, "uid");
        String what = "the log's directory " + log + " cannot be made: ";
        if (isOwn(ownerId, ownId)) {
            return what + itsMode("the mode of " + parent, parent, ownId);
        }
        boolean enters = Files.isExecutable(parent);
        return what + parent + " belongs to uid " + ownerId + " and uid " + ownId
                + ", which this daemon runs as, may not "
                + (enters ? "write there. " + install(log, ownId) + " (as root), or set" : "enter it. Set")
                + " another wal_path";
    }

    private static String install(Path log, String ownId) {
        String groupId = ownId("gid");
        return "Run: install -d -o " + ownId + (groupId.equals(UNKNOWN) ? "" : " -g " + groupId) + " " + log;
    }

    private static String ownId(String attribute) {
        String id = id(Path.of("/proc/self"), attribute);
        return id.equals(UNKNOWN) && attribute.equals("uid") ? System.getProperty("user.name") : id;
    }

    private static String id(Path path, String attribute) {
        try {
            return String.valueOf(Files.getAttribute(path, "unix:" + attribute));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return UNKNOWN;
        }
    }

    /** Makes the names in a directory survive a power loss. */
    static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw FailedCall.of("fsync of the directory " + directory, e);
        }
    }

    private WalDirectory() {}
}
