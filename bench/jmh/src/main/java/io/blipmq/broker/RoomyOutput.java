package io.blipmq.broker;

import java.nio.ByteBuffer;

/** A connection's output that has always room, and to which nothing is written. */
class RoomyOutput implements PushSink {
    @Override
    public boolean hasRoom() {
        return true;
    }

    @Override
    public void ofTopic(ByteBuffer names, int offset, int length) {
        throw new UnsupportedOperationException("nobody reads a filter");
    }

    @Override
    public void pushEntries(
            long subscriptionId, long publishedMillis, ByteBuffer entries, int offset, int length, int count) {
        throw new UnsupportedOperationException("nothing is pushed");
    }

    @Override
    public ByteBuffer push(long subscriptionId, long deliveryTag, int attempt, long publishedMillis, int entryBytes) {
        throw new UnsupportedOperationException("nothing is pushed at QoS 1");
    }

    @Override
    public long position() {
        return 0;
    }

    @Override
    public long written() {
        return 0;
    }

    @Override
    public void onTakenOver(long subscriptionId, String successor) {
        throw new UnsupportedOperationException("nothing is taken over");
    }
}
