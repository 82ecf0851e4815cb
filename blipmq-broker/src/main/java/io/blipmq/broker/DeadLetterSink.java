package io.blipmq.broker;

import java.nio.ByteBuffer;

/** Where listed dead letters are written to. Called on the core thread. */
public interface DeadLetterSink {

    /**
     * Begins one dead letter.
     *
     * @param entryBytes length of the entry that follows, with the dead letter's properties
     * @return a buffer whose position is where the entry belongs and which has room for all of it; the broker puts
     *     exactly {@code entryBytes} bytes before it calls anything else. Null when this page has no room for it
     */
    ByteBuffer letter(long tag, long publishedMillis, int entryBytes);
}
