package io.blipmq.protocol.v2;

import io.blipmq.protocol.FrameEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A subscription in a LISTING. Immutable. Later versions may add fields at its end.
 *
 * <pre>
 * u64 id, u8 flags, u16 length, topic, u16 length, name,
 * u64 backlog, u64 in flight, u64 due again, u64 delayed, u64 moving,
 * u64 age of the oldest message in milliseconds, u16 length, client name, u16 length, client address
 * </pre>
 *
 * @param flags bit 0 QoS, 1 durable, 2 attached, 3 dead letters
 * @param oldestAgeMillis -1 when there is no message
 * @param clientName of who is attached
 */
public record SubscriptionItem(
        long id,
        int flags,
        String topic,
        String name,
        Counts counts,
        long oldestAgeMillis,
        String clientName,
        String clientAddress) {
    /**
     * How many of its messages are in which state. Immutable.
     *
     * @param backlog waiting to be delivered, those that are due again or delayed included
     * @param moving on their way to the dead letters, or back from them
     */
    public record Counts(long backlog, long inFlight, long dueAgain, long delayed, long moving) {}

    public static final int QOS_FLAG = 1;
    public static final int DURABLE_FLAG = 2;
    public static final int ATTACHED_FLAG = 4;
    public static final int DEAD_LETTERS_FLAG = 8;

    private static final int TOPIC_OFFSET = Long.BYTES + 1;
    /** The counts and the age. */
    private static final int COUNTS_BYTES = 6 * Long.BYTES;

    /** @return null when an item does not parse */
    public static SubscriptionItem read(ByteBuffer buffer, int offset, int length) {
        int end = offset + length;
        int topic = offset + TOPIC_OFFSET;
        int name = Wire.textEnd(buffer, topic, end);
        int counts = name < 0 ? -1 : Wire.textEnd(buffer, name, end);
        int client = counts + COUNTS_BYTES;
        int address = counts < 0 ? -1 : Wire.textEnd(buffer, client, end);
        if (address < 0 || Wire.textEnd(buffer, address, end) < 0) {
            return null;
        }
        return new SubscriptionItem(
                buffer.getLong(offset),
                Wire.u8(buffer, offset + Long.BYTES),
                Wire.text(buffer, topic),
                Wire.text(buffer, name),
                new Counts(
                        buffer.getLong(counts),
                        buffer.getLong(counts + Long.BYTES),
                        buffer.getLong(counts + 2 * Long.BYTES),
                        buffer.getLong(counts + 3 * Long.BYTES),
                        buffer.getLong(counts + 4 * Long.BYTES)),
                buffer.getLong(counts + 5 * Long.BYTES),
                Wire.text(buffer, client),
                Wire.text(buffer, address));
    }

    /** The item without the length before it. */
    public byte[] encode() {
        byte[][] texts = {bytes(topic), bytes(name), bytes(clientName), bytes(clientAddress)};
        int textBytes = 0;
        for (byte[] text : texts) {
            textBytes += Wire.textBytes(text);
        }
        ByteBuffer to = ByteBuffer.allocate(TOPIC_OFFSET + textBytes + COUNTS_BYTES);
        to.putLong(id).put((byte) flags);
        FrameEncoder.putText(to, texts[0]);
        FrameEncoder.putText(to, texts[1]);
        to.putLong(counts.backlog).putLong(counts.inFlight).putLong(counts.dueAgain);
        to.putLong(counts.delayed).putLong(counts.moving).putLong(oldestAgeMillis);
        FrameEncoder.putText(to, texts[2]);
        FrameEncoder.putText(to, texts[3]);
        return to.array();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
