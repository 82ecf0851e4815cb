package io.blipmq.wal.storage;

import io.blipmq.wal.DiskFullException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One open file of a {@link Storage}. Thread-safe: every access names its position. */
public interface StorageFile extends Closeable {

    /**
     * Writes all remaining bytes of {@code source} at {@code position}, extending the file when needed, or throws; after
     * an exception any part of them may have been written.
     *
     * @throws DiskFullException when the disk has no room for them
     */
    void write(ByteBuffer source, long position) throws IOException;

    /**
     * Reads into {@code target} until it is full or the file ends.
     *
     * @return the number of bytes read, 0 at the end of the file
     */
    int read(ByteBuffer target, long position) throws IOException;

    /** Makes everything written and truncated so far survive a power loss. A failure is final: it is never retried. */
    void force() throws IOException;

    long size() throws IOException;

    /** Cuts the file to {@code size} bytes; no effect on a shorter file. */
    void truncate(long size) throws IOException;

    @Override
    void close() throws IOException;
}
