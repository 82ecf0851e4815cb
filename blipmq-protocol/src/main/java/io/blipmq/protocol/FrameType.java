package io.blipmq.protocol;

/**
 * What a frame is, by its type byte. Immutable. Which types there are, and which of them a client may send, is a matter of
 * the connection's protocol version.
 */
public enum FrameType {
    HELLO(0x01, Sender.CLIENT, Sender.CLIENT),
    AUTH(0x02, Sender.CLIENT, Sender.CLIENT),
    PUBLISH(0x03, Sender.BOTH, Sender.NONE),
    SUBSCRIBE(0x04, Sender.CLIENT, Sender.NONE),
    ACK(0x05, Sender.BOTH, Sender.SERVER),
    /** The server's alone, and yet version 1 lets clients send it to no effect; likewise PONG. */
    NACK(0x06, Sender.BOTH, Sender.SERVER),
    PING(0x07, Sender.CLIENT, Sender.CLIENT),
    PONG(0x08, Sender.BOTH, Sender.SERVER),
    POLL(0x09, Sender.CLIENT, Sender.NONE),

    PUBLISH_BATCH(0x10, Sender.NONE, Sender.CLIENT),
    ATTACH(0x11, Sender.NONE, Sender.CLIENT),
    CREDIT(0x12, Sender.NONE, Sender.CLIENT),
    SETTLE(0x13, Sender.NONE, Sender.CLIENT),
    DETACH(0x14, Sender.NONE, Sender.CLIENT),
    DRAIN(0x15, Sender.NONE, Sender.CLIENT),
    LIST(0x16, Sender.NONE, Sender.CLIENT),
    DEAD_LETTERS(0x17, Sender.NONE, Sender.CLIENT),
    CANCEL(0x18, Sender.NONE, Sender.CLIENT),

    WELCOME(0x20, Sender.NONE, Sender.SERVER),
    CONFIRM(0x21, Sender.NONE, Sender.SERVER),
    ATTACHED(0x22, Sender.NONE, Sender.SERVER),
    DELIVER(0x23, Sender.NONE, Sender.SERVER),
    SETTLED(0x24, Sender.NONE, Sender.SERVER),
    DETACHED(0x25, Sender.NONE, Sender.SERVER),
    LISTING(0x26, Sender.NONE, Sender.SERVER),
    DONE(0x27, Sender.NONE, Sender.SERVER),
    GOAWAY(0x28, Sender.NONE, Sender.SERVER),
    DELIVER_TOPIC(0x29, Sender.NONE, Sender.SERVER);

    /** Who may send a type; NONE where a version does not have it. */
    private enum Sender {
        NONE,
        CLIENT,
        SERVER,
        BOTH
    }

    /** One for each byte, so that looking one up is a single access. */
    private static final int VALUES = 256;

    private static final FrameType[] BY_VALUE = byValue();
    private static final FrameType[] OF_CLIENTS_V1 = ofClients(FrameLayout.PROTOCOL_VERSION);
    private static final FrameType[] OF_CLIENTS_V2 = ofClients(FrameLayout.VERSION_2);

    private final byte value;
    private final Sender senderV1;
    private final Sender senderV2;

    FrameType(int value, Sender senderV1, Sender senderV2) {
        this.value = (byte) value;
        this.senderV1 = senderV1;
        this.senderV2 = senderV2;
    }

    /** The byte that stands for this type on the wire. */
    public byte value() {
        return value;
    }

    /** @return the type with this byte, or null when the version has none */
    public static FrameType of(int protocolVersion, byte value) {
        FrameType type = BY_VALUE[Byte.toUnsignedInt(value)];
        return type != null && type.sender(protocolVersion) != Sender.NONE ? type : null;
    }

    /** @return the type with this byte, or null when the version has none that a client may send */
    public static FrameType ofClient(int protocolVersion, byte value) {
        FrameType[] types = protocolVersion == FrameLayout.VERSION_2 ? OF_CLIENTS_V2 : OF_CLIENTS_V1;
        return types[Byte.toUnsignedInt(value)];
    }

    /** Whether the version lets a client send this type. */
    public boolean isOfClient(int protocolVersion) {
        Sender sender = sender(protocolVersion);
        return sender == Sender.CLIENT || sender == Sender.BOTH;
    }

    private Sender sender(int protocolVersion) {
        return protocolVersion == FrameLayout.VERSION_2 ? senderV2 : senderV1;
    }

    private static FrameType[] byValue() {
        FrameType[] byValue = new FrameType[VALUES];
        for (FrameType type : values()) {
            byValue[type.value] = type;
        }
        return byValue;
    }

    private static FrameType[] ofClients(int protocolVersion) {
        FrameType[] byValue = new FrameType[VALUES];
        for (FrameType type : values()) {
            byValue[type.value] = type.isOfClient(protocolVersion) ? type : null;
        }
        return byValue;
    }
}
