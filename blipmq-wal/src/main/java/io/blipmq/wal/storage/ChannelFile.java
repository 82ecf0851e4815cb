package io.blipmq.wal.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Set;

/**
 * A file behind a channel. Thread-safe.
 *
 * @param name when it was opened; it may have got another one since
 */
record ChannelFile(FileChannel channel, String name) implements StorageFile {

    static ChannelFile open(Path path, Set<? extends OpenOption> options) throws IOException {
        String name = String.valueOf(path.getFileName());
        try {
            return new ChannelFile(FileChannel.open(path, options), name);
        } catch (IOException e) {
            throw FailedCall.of("open of " + path, e);
        }
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        long at = position;
        try {
            while (source.hasRemaining()) {
                at += channel.write(source, at);
            }
        } catch (IOException e) {
            throw failed("write at " + at, e);
        }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        int total = 0;
        try {
            while (target.hasRemaining()) {
                int bytes = channel.read(target, position + total);
                if (bytes < 0) {
                    break;
                }
                total += bytes;
            }
            return total;
        } catch (IOException e) {
            throw failed("read at " + (position + total), e);
        }
    }

    @Override
    public void force() throws IOException {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw failed("fsync", e);
        }
    }

    @Override
    public long size() throws IOException {
        try {
            return channel.size();
        } catch (IOException e) {
            throw failed("fstat", e);
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        try {
            channel.truncate(size);
        } catch (IOException e) {
            throw failed("truncate to " + size, e);
        }
    }

    /**
     * Locks the file against other processes, until it is closed.
     *
     * @param shared with others that only look
     * @return whether it did
     */
    boolean tryLock(boolean shared) throws IOException {
        try {
            FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
            return lock != null;
        } catch (IOException e) {
            throw failed("lock", e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } catch (IOException e) {
            throw failed("close", e);
        }
    }

    private IOException failed(String call, IOException cause) {
        return FailedCall.of(call + " of the file opened as " + name, cause);
    }
}
