package io.blipmq.wal.segment;

import io.blipmq.wal.storage.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A moving window over one file at a time, so that a scan reads large blocks. Owned by the thread that made it; several
 * readers may share it, and each finds its own file in it.
 */
public final class ReadWindow {
    private ByteBuffer buffer;
    private StorageFile file;
    private long start;
    private int filled;

    /** @param bytes of it; it grows when more are wanted at once */
    public ReadWindow(int bytes) {
        buffer = ByteBuffer.allocateDirect(bytes);
    }

    /** Holds what was loaded last; another buffer may take its place with the next load. */
    ByteBuffer buffer() {
        return buffer;
    }

    /**
     * Makes {@code length} bytes of a file available, until the next load.
     *
     * @return where in {@link #buffer} they begin, -1 when the file ends before
     */
    int load(StorageFile wanted, long offset, int length) throws IOException {
        if (wanted != file || offset < start || offset + length > start + filled) {
            fill(wanted, offset, length);
        }
        return filled < offset - start + length ? -1 : (int) (offset - start);
    }

    private void fill(StorageFile wanted, long offset, int length) throws IOException {
        if (buffer.capacity() < length) {
            buffer = ByteBuffer.allocateDirect(length);
        }
        buffer.clear();
        file = wanted;
        start = offset;
        filled = 0;
        filled = wanted.read(buffer, offset);
        buffer.clear();
    }
}
