package io.blipmq.wal;

import java.nio.ByteBuffer;

/**
 * Knows what this release can read of the records and the state that the log keeps, so that a log of a newer one is refused
 * before anything in it is changed. Thread-safe.
 */
public interface LogContent {
    /** Can read anything. */
    LogContent ANY = new LogContent() {
        @Override
        public void requireKnown(int type, ByteBuffer buffer, int offset, int length) {}

        @Override
        public void requireKnown(ByteBuffer state) {}
    };

    /**
     * Looks at a record.
     *
     * @param offset of the body in {@code buffer}
     * @throws NewerContentException when only a newer release can read it
     */
    void requireKnown(int type, ByteBuffer buffer, int offset, int length);

    /**
     * Looks at what a checkpoint keeps.
     *
     * @param state from position to limit, which stay as they are
     * @throws NewerContentException when only a newer release can read it
     */
    void requireKnown(ByteBuffer state);
}
