package io.blipmq.protocol;

/** What a frame is, by its type byte. Immutable. */
public enum FrameType {
    HELLO(0x01),
    AUTH(0x02),
    PUBLISH(0x03),
    SUBSCRIBE(0x04),
    ACK(0x05),
    NACK(0x06),
    PING(0x07),
    PONG(0x08),
    POLL(0x09);

    private static final FrameType[] BY_VALUE = byValue();

    private final byte value;

    FrameType(int value) {
        this.value = (byte) value;
    }

    /** The byte that stands for this type on the wire. */
    public byte value() {
        return value;
    }

    /** @return the type with this byte, or null when version 1 has none */
    public static FrameType of(byte value) {
        int index = Byte.toUnsignedInt(value);
        return index < BY_VALUE.length ? BY_VALUE[index] : null;
    }

    private static FrameType[] byValue() {
        FrameType[] all = values();
        FrameType[] byValue = new FrameType[all[all.length - 1].value + 1];
        for (FrameType type : all) {
            byValue[type.value] = type;
        }
        return byValue;
    }
}
