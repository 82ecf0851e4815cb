package io.blipmq.wal.storage;

import io.blipmq.wal.WalLimits;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/**
 * The seam between the log and the disk: one flat directory of files. Thread-safe: the log's three threads use it at the
 * same time.
 *
 * <p>What a caller may rely on after a power loss: the bytes of a file up to its last {@link StorageFile#force}, and the
 * names as of the last {@link #syncDirectory}. Anything newer may be there in whole, in part or not at all. After the
 * death of the process alone every completed call is still in effect.
 */
public interface Storage extends Closeable {

    /** The names of all files, in no particular order. */
    List<String> list() throws IOException;

    /** Creates an empty file; fails when the name is taken. */
    StorageFile create(String name) throws IOException;

    /** Opens an existing file for reading and writing; fails when there is none. */
    StorageFile open(String name) throws IOException;

    /** A file's length; fails when there is none. */
    default long size(String name) throws IOException {
        try (StorageFile file = open(name)) {
            return file.size();
        }
    }

    /** Renames a file in one step, replacing what had the new name. Open files stay open. */
    void rename(String from, String to) throws IOException;

    /** Deletes a file; no error when there is none. */
    void delete(String name) throws IOException;

    /**
     * Keeps a file's bytes under another name, too, on disk. What is changed through the first name afterwards may show
     * under the other, unless that is given to another file by {@link #rename}.
     */
    default void keep(String name, String copy) throws IOException {
        String temporary = SegmentNames.temporary(copy);
        delete(temporary);
        try (StorageFile from = open(name);
                StorageFile to = create(temporary)) {
            FileCopy.copy(from, 0, from.size(), to, 0, WalLimits.defaults());
            to.force();
        }
        rename(temporary, copy);
        syncDirectory();
    }

    /** Makes all creations, renames and deletions so far survive a power loss. */
    void syncDirectory() throws IOException;

    /**
     * Tries to become the one user of this directory, until {@link #close} or the death of the process.
     *
     * @return empty when this storage holds the lock now; otherwise the holder's process id, 0 when it is not known
     */
    OptionalLong tryLock() throws IOException;

    /** Names the machine's current boot, and changes with every reboot; empty when the platform does not tell. */
    String bootId();

    /** The directory as a message should name it. */
    String describe();

    /** Releases the lock. Files are closed by those who opened them. */
    @Override
    void close() throws IOException;
}
