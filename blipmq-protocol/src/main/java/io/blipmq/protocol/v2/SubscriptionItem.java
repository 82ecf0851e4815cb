package io.blipmq.protocol.v2;

import io.blipmq.protocol.FrameEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A subscription in a LISTING. Immutable. Later versions may add fields at its end.
 *
 * <pre>
 * u64 id, u8 flags, u16 length, topic, u16 length, name,
 * u64 backlog, u64 in flight, u64 due again, u64 delayed, u64 moving,
 * u64 age of the oldest message in milliseconds, u16 length, client name, u16 length, client address
 * u32 members of the group, u16 how many of them follow, and for each of these
 *   u16 length, client name, u16 length, client address, u32 credit, u32 in hand
 * </pre>
 *
 * @param flags bit 0 QoS, 1 durable, 2 attached, 3 dead letters, 4 its topic is a filter
 * @param oldestAgeMillis -1 when there is no message
 * @param clientName of who is attached; of a group, one of them
 * @param members perhaps not all; 65,535 at most
 * @param memberCount 0 when it is not a group
 */
public record SubscriptionItem(
        long id,
        int flags,
        String topic,
        String name,
        Counts counts,
        long oldestAgeMillis,
        String clientName,
        String clientAddress,
        List<Member> members,
        int memberCount) {
    /**
     * A connection of a group. Immutable.
     *
     * @param credit messages that it may be pushed now, 0xffffffff: without limit
     * @param inHand deliveries that it holds
     */
    public record Member(String clientName, String clientAddress, long credit, long inHand) {}

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
    public static final int FILTER_FLAG = 16;

    private static final int TOPIC_OFFSET = Long.BYTES + 1;
    /** The counts and the age. */
    private static final int COUNTS_BYTES = 6 * Long.BYTES;
    /** How many members there are, and how many follow. */
    private static final int MEMBER_COUNTS_BYTES = Integer.BYTES + Short.BYTES;
    /** A member's credit and what it has in hand. */
    private static final int MEMBER_NUMBERS_BYTES = 2 * Integer.BYTES;

    /** @return null when an item does not parse */
    public static SubscriptionItem read(ByteBuffer buffer, int offset, int length) {
        int end = offset + length;
        int topic = offset + TOPIC_OFFSET;
        int name = Wire.textEnd(buffer, topic, end);
        int counts = name < 0 ? -1 : Wire.textEnd(buffer, name, end);
        int client = counts + COUNTS_BYTES;
        int address = counts < 0 ? -1 : Wire.textEnd(buffer, client, end);
        int group = address < 0 ? -1 : Wire.textEnd(buffer, address, end);
        List<Member> members = group < 0 ? null : readMembers(buffer, group, end);
        if (members == null) {
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
                Wire.text(buffer, address),
                members,
                buffer.getInt(group));
    }

    /** @return null when they do not parse */
    private static List<Member> readMembers(ByteBuffer buffer, int offset, int end) {
        if (end - offset < MEMBER_COUNTS_BYTES) {
            return null;
        }
        List<Member> members = new ArrayList<>();
        int at = offset + MEMBER_COUNTS_BYTES;
        for (int left = Wire.u16(buffer, offset + Integer.BYTES); left > 0; left--) {
            int address = Wire.textEnd(buffer, at, end);
            int numbers = address < 0 ? -1 : Wire.textEnd(buffer, address, end);
            if (numbers < 0 || end - numbers < MEMBER_NUMBERS_BYTES) {
                return null;
            }
            members.add(new Member(
                    Wire.text(buffer, at),
                    Wire.text(buffer, address),
                    Integer.toUnsignedLong(buffer.getInt(numbers)),
                    Integer.toUnsignedLong(buffer.getInt(numbers + Integer.BYTES))));
            at = numbers + MEMBER_NUMBERS_BYTES;
        }
        return members;
    }

    /** The item without the length before it. */
    public byte[] encode() {
        byte[][] texts = {bytes(topic), bytes(name), bytes(clientName), bytes(clientAddress)};
        int textBytes = 0;
        for (byte[] text : texts) {
            textBytes += Wire.textBytes(text);
        }
        ByteBuffer to = ByteBuffer.allocate(TOPIC_OFFSET + textBytes + COUNTS_BYTES + membersBytes());
        to.putLong(id).put((byte) flags);
        FrameEncoder.putText(to, texts[0]);
        FrameEncoder.putText(to, texts[1]);
        to.putLong(counts.backlog).putLong(counts.inFlight).putLong(counts.dueAgain);
        to.putLong(counts.delayed).putLong(counts.moving).putLong(oldestAgeMillis);
        FrameEncoder.putText(to, texts[2]);
        FrameEncoder.putText(to, texts[3]);
        to.putInt(memberCount).putShort((short) members.size());
        for (Member member : members) {
            FrameEncoder.putText(to, bytes(member.clientName));
            FrameEncoder.putText(to, bytes(member.clientAddress));
            to.putInt((int) member.credit).putInt((int) member.inHand);
        }
        return to.array();
    }

    private int membersBytes() {
        int bytes = MEMBER_COUNTS_BYTES;
        for (Member member : members) {
            bytes += Wire.textBytes(bytes(member.clientName))
                    + Wire.textBytes(bytes(member.clientAddress))
                    + MEMBER_NUMBERS_BYTES;
        }
        return bytes;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
