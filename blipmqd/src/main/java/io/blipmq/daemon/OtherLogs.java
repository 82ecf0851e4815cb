package io.blipmq.daemon;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds logs beside one that begins, which a slip of the pen in {@code wal_path} would make seem lost. Stateless; what
 * cannot be read is passed over.
 */
final class OtherLogs {
    /** More are not looked at: it is only for a warning. */
    private static final int DIRECTORIES_MAX = 1000;

    private OtherLogs() {}

    /** The directories beside this one, and the one around it, that hold segments. */
    static List<Path> beside(Path log) {
        List<Path> found = new ArrayList<>();
        Path parent = log.toAbsolutePath().normalize().getParent();
        if (parent == null) {
            return found;
        }
        if (isLog(parent)) {
            found.add(parent);
        }
        int looked = 0;
        try (DirectoryStream<Path> siblings = Files.newDirectoryStream(parent)) {
            for (Path sibling : siblings) {
                if (looked++ == DIRECTORIES_MAX) {
                    break;
                }
                if (!sibling.equals(log) && Files.isDirectory(sibling) && isLog(sibling)) {
                    found.add(sibling);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return found;
        }
        return found;
    }

    private static boolean isLog(Path directory) {
        try (DirectoryStream<Path> segments = Files.newDirectoryStream(directory, "*.segment")) {
            return segments.iterator().hasNext();
        } catch (IOException | DirectoryIteratorException e) {
            return false;
        }
    }
}
