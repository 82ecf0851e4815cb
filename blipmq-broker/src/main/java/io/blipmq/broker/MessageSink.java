package io.blipmq.broker;

import java.nio.ByteBuffer;

/** Where the listed messages of a subscription are written to. Called on the core thread. */
public interface MessageSink {

    /**
     * Begins one message.
     *
     * @param topic the message's, in UTF-8, when the subscription is to a filter; else empty
     * @param attempts deliveries that it has had
     * @param state null when it was never delivered
     * @param entryBytes length of the entry that follows
     * @return a buffer whose position is where the entry belongs and which has room for all of it; the broker puts
     *     exactly {@code entryBytes} bytes before it calls anything else. Null when this page has no room for it
     */
    ByteBuffer message(
            long tag, long publishedMillis, byte[] topic, int attempts, DeliveryInfo.State state, int entryBytes);
}
