package io.blipmq.client;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Thread-safe: ids for messages, each given once by any client anywhere. */
final class PublishIds {
    private final UUID client = UUID.randomUUID();
    private final AtomicLong count = new AtomicLong();

    byte[] next() {
        return ByteBuffer.allocate(3 * Long.BYTES)
                .putLong(client.getMostSignificantBits())
                .putLong(client.getLeastSignificantBits())
                .putLong(count.incrementAndGet())
                .array();
    }
}
