package io.blipmq.net.echo;

import io.blipmq.net.Protocol;
import io.blipmq.net.ProtocolMetrics;
import io.blipmq.net.Session;
import io.blipmq.net.SessionHost;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Sends back what it gets, and pushes what it is told to. Owned by the broker thread.
 *
 * <p>A packet is its length, as a number of one to four bytes with seven bits each, the lowest first and all but the last with
 * the eighth bit set, and a text. The first one has to be {@code hello}.
 */
public final class EchoProtocol implements Protocol {
    /** A client says something in this time. */
    public static final long SILENCE_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

    static final String HELLO = "hello";
    private static final int LENGTH_BITS = 7;
    private static final int MORE_FLAG = 0x80;
    private static final int LENGTH_BYTES_MAX = 4;

    final ProtocolMetrics metrics = new ProtocolMetrics();
    final List<EchoSession> sessions = new ArrayList<>();

    @Override
    public Session begin(SessionHost host) {
        return new EchoSession(this, host);
    }

    public ProtocolMetrics metrics() {
        return metrics;
    }

    /** Pushes a text to every client again and again, as far as there is room. */
    public void push(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sessions.forEach(session -> session.push(bytes));
    }

    /** The packet of a text. */
    public static byte[] packet(byte[] text) {
        ByteBuffer packet = ByteBuffer.allocate(packetBytes(text.length));
        putLength(packet, text.length);
        return packet.put(text).array();
    }

    static int packetBytes(int length) {
        int bytes = 1;
        for (int rest = length >>> LENGTH_BITS; rest > 0; rest >>>= LENGTH_BITS) {
            bytes++;
        }
        return bytes + length;
    }

    static void putLength(ByteBuffer to, int length) {
        int rest = length;
        while (rest >= MORE_FLAG) {
            to.put((byte) (rest | MORE_FLAG));
            rest >>>= LENGTH_BITS;
        }
        to.put((byte) rest);
    }

    /** @return the bytes of the length that begins here; 0 when some are missing, negative when it is too long */
    public static int lengthBytes(ByteBuffer buffer, int offset, int available) {
        for (int i = 0; i < Math.min(available, LENGTH_BYTES_MAX); i++) {
            if ((buffer.get(offset + i) & MORE_FLAG) == 0) {
                return i + 1;
            }
        }
        return available < LENGTH_BYTES_MAX ? 0 : -1;
    }

    public static int length(ByteBuffer buffer, int offset, int lengthBytes) {
        int length = 0;
        for (int i = lengthBytes - 1; i >= 0; i--) {
            length = length << LENGTH_BITS | buffer.get(offset + i) & (MORE_FLAG - 1);
        }
        return length;
    }
}
