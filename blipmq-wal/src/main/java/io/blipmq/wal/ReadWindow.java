package io.blipmq.wal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A moving window over a file, so that a scan reads large blocks. Owned by the thread that made it; used file by file. */
final class ReadWindow {
    static final int BYTES = 1 << 18;

    private ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
    private StorageFile file;
    private long fileBytes;
    private long start;
    private int filled;

    void open(StorageFile newFile) throws IOException {
        file = newFile;
        fileBytes = newFile.size();
        start = 0;
        filled = 0;
    }

    long fileBytes() {
        return fileBytes;
    }

    /** Holds what was loaded last; another buffer may take its place with the next load. */
    ByteBuffer buffer() {
        return buffer;
    }

    /**
     * Makes {@code length} bytes of the file available.
     *
     * @return where in {@link #buffer} they begin, -1 when the file ends before
     */
    int load(long offset, int length) throws IOException {
        if (offset + length > fileBytes) {
            return -1;
        }
        if (offset < start || offset + length > start + filled) {
            fill(offset, length);
        }
        return filled < length ? -1 : (int) (offset - start);
    }

    private void fill(long offset, int length) throws IOException {
        if (buffer.capacity() < length) {
            buffer = ByteBuffer.allocateDirect(length);
        }
        buffer.clear();
        start = offset;
        filled = file.read(buffer, offset);
        buffer.clear();
    }
}
