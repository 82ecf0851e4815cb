package io.blipmq.protocol.entry;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Walks the properties of one entry after another. Owned by its caller.
 *
 * <pre>{@code
 * reader.ofEntry(buffer, entryOffset);
 * while (reader.next()) {
 *     if (reader.key() == PropertyLayout.HEADER_KEY) { use(reader.headerName(), reader.headerValue()); }
 * }
 * }</pre>
 *
 * <p>It trusts that the properties fill their region, as those that a server delivers do.
 */
public final class PropertiesReader {
    private ByteBuffer buffer;
    private int at;
    private int nextAt;
    private int end;

    /** Stands before the first property of an entry, if it has any. */
    public PropertiesReader ofEntry(ByteBuffer source, int entryOffset) {
        int length = EntryLayout.propertiesLength(source, entryOffset);
        int from = EntryLayout.propertiesOffset(entryOffset);
        return of(source, from, from + length);
    }

    /** Stands before the first of some properties. */
    public PropertiesReader of(ByteBuffer source, int from, int to) {
        buffer = source;
        nextAt = from;
        end = to;
        return this;
    }

    /** Moves on to the next property. */
    public boolean next() {
        if (nextAt >= end) {
            return false;
        }
        at = nextAt;
        nextAt = PropertyLayout.next(buffer, at);
        return true;
    }

    public int key() {
        return PropertyLayout.key(buffer, at);
    }

    public int valueOffset() {
        return PropertyLayout.valueOffset(at);
    }

    public int valueLength() {
        return PropertyLayout.valueLength(buffer, at);
    }

    /** The value of a property that is a u64. */
    public long asLong() {
        return buffer.getLong(valueOffset());
    }

    /** The value of a property that is a u16. */
    public int asShort() {
        return Short.toUnsignedInt(buffer.getShort(valueOffset()));
    }

    /** The value of a property that is a text. */
    public String asText() {
        return new String(asBytes(), StandardCharsets.UTF_8);
    }

    /** The value of a property, whatever it is. */
    public byte[] asBytes() {
        return bytes(valueOffset(), valueLength());
    }

    public String headerName() {
        return new String(
                bytes(valueOffset() + PropertyLayout.HEADER_NAME_OFFSET, headerNameLength()), StandardCharsets.UTF_8);
    }

    public byte[] headerValue() {
        int before = PropertyLayout.HEADER_NAME_OFFSET + headerNameLength();
        return bytes(valueOffset() + before, valueLength() - before);
    }

    private int headerNameLength() {
        return Byte.toUnsignedInt(buffer.get(valueOffset()));
    }

    private byte[] bytes(int offset, int length) {
        byte[] bytes = new byte[length];
        buffer.get(offset, bytes);
        return bytes;
    }
}
