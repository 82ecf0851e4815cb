package io.blipmq.protocol.entry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where the fields of an entry stand, the form that a message has everywhere: in PUBLISH_BATCH, in memory, in the log and
 * in DELIVER. Stateless. Offsets are absolute; buffers are big-endian.
 *
 * <pre>
 * u32 length          bits 0 to 30: bytes of the body. Bit 31: the entry has properties
 * u16 properties      only with bit 31: bytes of properties
 * properties          only with bit 31: see {@link PropertyLayout}
 * body
 * </pre>
 */
public final class EntryLayout {
    public static final int HEADER_BYTES = 4;
    /** What properties cost beside themselves. */
    public static final int PROPERTIES_LENGTH_BYTES = 2;
    /** Bit 31 of the length. */
    public static final int PROPERTIES_FLAG = 0x8000_0000;

    public static final int BODY_LENGTH_MASK = 0x7fff_ffff;
    /** Beside the count that {@link #check} gives: some of the entries say when they are to be delivered. */
    public static final int DELIVER_AT_FLAG = 0x4000_0000;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    private EntryLayout() {}

    /** Bytes of a whole entry without properties. */
    public static int bytes(int bodyLength) {
        return HEADER_BYTES + bodyLength;
    }

    /** Bytes of a whole entry; with 0 bytes of properties it has none. */
    public static int bytes(int bodyLength, int propertiesLength) {
        return bytes(bodyLength) + (propertiesLength == 0 ? 0 : PROPERTIES_LENGTH_BYTES + propertiesLength);
    }

    /** Bytes of the whole entry at an offset. */
    public static int bytesAt(ByteBuffer buffer, int offset) {
        int word = buffer.getInt(offset);
        return word >= 0
                ? HEADER_BYTES + word
                : HEADER_BYTES + PROPERTIES_LENGTH_BYTES + u16(buffer, offset) + (word & BODY_LENGTH_MASK);
    }

    /** Bytes of the whole entry at an offset. */
    public static int bytesAt(byte[] bytes, int offset) {
        int word = (int) INT.get(bytes, offset);
        return word >= 0
                ? HEADER_BYTES + word
                : HEADER_BYTES
                        + PROPERTIES_LENGTH_BYTES
                        + Short.toUnsignedInt((short) SHORT.get(bytes, offset + HEADER_BYTES))
                        + (word & BODY_LENGTH_MASK);
    }

    /** Whether a whole entry stands at an offset, in so many bytes. */
    public static boolean isWithin(ByteBuffer buffer, int offset, int bytes) {
        if (bytes < HEADER_BYTES || (hasProperties(buffer, offset) && bytes < HEADER_BYTES + PROPERTIES_LENGTH_BYTES)) {
            return false;
        }
        int before = bodyOffset(buffer, offset) - offset;
        return bytes >= before && bytes - before >= bodyLength(buffer, offset);
    }

    public static boolean hasProperties(ByteBuffer buffer, int offset) {
        return buffer.getInt(offset) < 0;
    }

    public static int bodyLength(ByteBuffer buffer, int offset) {
        return buffer.getInt(offset) & BODY_LENGTH_MASK;
    }

    public static int bodyOffset(ByteBuffer buffer, int offset) {
        return hasProperties(buffer, offset) ? propertiesOffset(offset) + u16(buffer, offset) : offset + HEADER_BYTES;
    }

    /** Bytes of properties, 0 when the entry has none. */
    public static int propertiesLength(ByteBuffer buffer, int offset) {
        return hasProperties(buffer, offset) ? u16(buffer, offset) : 0;
    }

    /** Bytes of bodies and properties of the whole entries that fill a region. */
    public static long contentBytes(ByteBuffer buffer, int from, int to) {
        long bytes = 0;
        for (int at = from; at < to; at += bytesAt(buffer, at)) {
            bytes += bodyLength(buffer, at) + propertiesLength(buffer, at);
        }
        return bytes;
    }

    /** Where the properties of an entry that has some begin. */
    public static int propertiesOffset(int offset) {
        return offset + HEADER_BYTES + PROPERTIES_LENGTH_BYTES;
    }

    /** Writes everything before the body at the buffer's position. */
    public static void putHeader(ByteBuffer to, int bodyLength, byte[] properties, int propertiesLength) {
        if (propertiesLength == 0) {
            to.putInt(bodyLength);
        } else {
            to.putInt(bodyLength | PROPERTIES_FLAG).putShort((short) propertiesLength);
            to.put(properties, 0, propertiesLength);
        }
    }

    /**
     * Checks what a client has published: that entries fill a region, and that the broker knows what their properties ask
     * for. One pass that looks at nothing but lengths and properties.
     *
     * @return how many entries there are, with {@link #DELIVER_AT_FLAG} if one of them says when; or a negative
     *     {@link PropertyProblem}
     */
    public static int check(ByteBuffer buffer, int from, int to) {
        int count = 0;
        int asked = 0;
        int at = from;
        while (at < to) {
            int left = to - at - HEADER_BYTES;
            if (left < 0) {
                return PropertyProblem.MALFORMED;
            }
            int word = buffer.getInt(at);
            if (word < 0) {
                int found = checkWithProperties(buffer, at, left);
                if (found < 0) {
                    return found;
                }
                asked |= found;
                at += bytesAt(buffer, at);
            } else if (word > left) {
                return PropertyProblem.MALFORMED;
            } else {
                at += HEADER_BYTES + word;
            }
            count++;
        }
        return asked == 0 ? count : count | DELIVER_AT_FLAG;
    }

    /** When an entry is to be delivered, in milliseconds since 1970; 0: at once. */
    public static long deliverAtMillis(ByteBuffer buffer, int offset) {
        int from = propertiesOffset(offset);
        int at = hasProperties(buffer, offset)
                ? PropertyLayout.find(buffer, from, from + u16(buffer, offset), PropertyLayout.DELIVER_AT_KEY)
                : -1;
        return at < 0 ? 0 : buffer.getLong(PropertyLayout.valueOffset(at));
    }

    /** The latest time at which one of the whole entries that fill a region is to be delivered, unsigned. */
    public static long deliverAtMillisMax(ByteBuffer buffer, int from, int to) {
        long max = 0;
        for (int at = from; at < to; at += bytesAt(buffer, at)) {
            long millis = deliverAtMillis(buffer, at);
            max = Long.compareUnsigned(millis, max) > 0 ? millis : max;
        }
        return max;
    }

    /** @param left bytes behind the header */
    private static int checkWithProperties(ByteBuffer buffer, int at, int left) {
        if (left < PROPERTIES_LENGTH_BYTES) {
            return PropertyProblem.MALFORMED;
        }
        int propertiesLength = u16(buffer, at);
        if (left - PROPERTIES_LENGTH_BYTES - propertiesLength < bodyLength(buffer, at)) {
            return PropertyProblem.MALFORMED;
        }
        int propertiesAt = propertiesOffset(at);
        return PropertyLayout.checkPublished(buffer, propertiesAt, propertiesAt + propertiesLength);
    }

    private static int u16(ByteBuffer buffer, int entryOffset) {
        return Short.toUnsignedInt(buffer.getShort(entryOffset + HEADER_BYTES));
    }
}
