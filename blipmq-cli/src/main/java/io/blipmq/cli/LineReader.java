package io.blipmq.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Owned by the main thread. Splits input into lines of bytes, which end with a line feed or with the input; the bytes stay as
 * they are. Memory is one read and the longest line.
 */
final class LineReader {
    private static final int READ_BYTES = 64 * 1024;

    private final InputStream input;
    private final int lineBytesMax;

    private byte[] buffer = new byte[READ_BYTES];
    /** Bytes from {@code start} to {@code end} are read and not returned; those before {@code scanned} hold no line feed. */
    private int start;

    private int scanned;
    private int end;
    private boolean ended;
    private long lineCount;

    LineReader(InputStream input, int lineBytesMax) {
        this.input = input;
        this.lineBytesMax = lineBytesMax;
    }

    /** @return the next line without its line feed, or null at the end of the input */
    byte[] next() throws IOException {
        while (true) {
            int lineFeed = nextLineFeed();
            if (lineFeed >= 0) {
                return take(lineFeed, lineFeed + 1);
            }
            requireLength(end - start);
            if (ended) {
                return start < end ? take(end, end) : null;
            }
            fill();
        }
    }

    private int nextLineFeed() {
        while (scanned < end) {
            if (buffer[scanned++] == '\n') {
                return scanned - 1;
            }
        }
        return -1;
    }

    private byte[] take(int lineEnd, int nextStart) throws InputException {
        requireLength(lineEnd - start);
        byte[] line = Arrays.copyOfRange(buffer, start, lineEnd);
        start = nextStart;
        scanned = nextStart;
        lineCount++;
        return line;
    }

    private void requireLength(int lineBytes) throws InputException {
        if (lineBytes > lineBytesMax) {
            throw new InputException("line " + (lineCount + 1) + " exceeds the maximum size of a message, which is "
                    + lineBytesMax + " bytes");
        }
    }

    private void fill() throws IOException {
        makeRoom();
        int count = read();
        ended = count < 0;
        end += Math.max(count, 0);
    }

    private int read() throws InputException {
        try {
            return input.read(buffer, end, Math.min(buffer.length - end, READ_BYTES));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static InputException unreadable(IOException e) {
        return new InputException("cannot read standard input: " + e.getMessage());
    }

    /** Moves the begun line to the front, into a larger buffer when it fills this one. */
    private void makeRoom() {
        int held = end - start;
        byte[] target = held == buffer.length ? new byte[2 * held] : buffer;
        System.arraycopy(buffer, start, target, 0, held);
        buffer = target;
        scanned -= start;
        start = 0;
        end = held;
    }
}
