package io.blipmq.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Owned by the main thread. Notices that the reader of a pipe has gone while there is nothing to write into it.
 *
 * <p>A write of no bytes does not say so, and the JDK cannot poll standard output. But sendfile(2) looks whether the pipe has a
 * reader before it looks how much there is to send (Linux 5.12 and newer): sending what stands behind the end of a file writes
 * nothing, and fails when nobody would read it. Elsewhere a reader that has gone is noticed with the next message.
 */
final class ReaderWatch implements AutoCloseable {
    /** A regular file that is always there. */
    private static final Path ANY_FILE = Path.of("/proc/self/exe");

    /** Null when there is nothing to watch by. */
    private final FileChannel source;

    private final FileChannel output;
    private final long end;

    private ReaderWatch(FileChannel source, FileChannel output, long end) {
        this.source = source;
        this.output = output;
        this.end = end;
    }

    static ReaderWatch of(OutputStream output) {
        if (output instanceof FileOutputStream file) {
            try {
                FileChannel source = FileChannel.open(ANY_FILE);
                return new ReaderWatch(source, file.getChannel(), source.size());
            } catch (IOException e) {
                // Not Linux, or without /proc: there is nothing to watch by.
            }
        }
        return new ReaderWatch(null, null, 0);
    }

    /** @throws OutputException if nobody reads standard output any more */
    void requireReader() throws OutputException {
        if (source == null) {
            return;
        }
        try {
            source.transferTo(end, 1, output);
        } catch (IOException e) {
            OutputException failure = new OutputException(e);
            if (failure.isReaderGone()) {
                throw failure;
            }
            // Whatever else is wrong with it shows when there is something to write.
        }
    }

    @Override
    public void close() throws IOException {
        if (source != null) {
            source.close();
        }
    }
}
