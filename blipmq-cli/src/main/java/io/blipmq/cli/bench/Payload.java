package io.blipmq.cli.bench;

import java.nio.ByteBuffer;

/** What stands in a measured message: who sent it, as the how-manieth to its topic, and when it was to be sent. Stateless. */
final class Payload {
    static final int BYTES_MIN = 20;

    private static final int NUMBER_OFFSET = 4;
    private static final int DUE_OFFSET = 12;

    private Payload() {}

    static byte[] of(int publisher, long number, long dueNanos, int bytes) {
        ByteBuffer body = ByteBuffer.allocate(bytes);
        body.putInt(0, publisher).putLong(NUMBER_OFFSET, number).putLong(DUE_OFFSET, dueNanos);
        return body.array();
    }

    static int publisher(byte[] body) {
        return ByteBuffer.wrap(body).getInt(0);
    }

    static long number(byte[] body) {
        return ByteBuffer.wrap(body).getLong(NUMBER_OFFSET);
    }

    static long dueNanos(byte[] body) {
        return ByteBuffer.wrap(body).getLong(DUE_OFFSET);
    }
}
