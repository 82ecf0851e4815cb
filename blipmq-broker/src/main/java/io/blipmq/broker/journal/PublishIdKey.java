package io.blipmq.broker.journal;

import io.blipmq.broker.message.MessageView;
import java.nio.ByteBuffer;

/**
 * Whose message a publish id names, and to which topic, as the bytes of one key. Stateless.
 *
 * <pre>
 * 0 16 bytes owner   16 u8 id length   17 id   topic to the end
 * </pre>
 */
public final class PublishIdKey {
    private static final int ID_LENGTH = OwnerId.BYTES;
    private static final int ID = ID_LENGTH + 1;

    private PublishIdKey() {}

    /** @param message has a publish id */
    public static byte[] of(OwnerId owner, MessageView message) {
        int idLength = message.publishIdLength();
        ByteBuffer key = ByteBuffer.allocate(ID + idLength + message.topicLength());
        owner.put(key, 0);
        key.put(ID_LENGTH, (byte) idLength);
        key.put(ID, message.buffer(), message.publishIdOffset(), idLength);
        key.put(ID + idLength, message.buffer(), message.topicOffset(), message.topicLength());
        return key.array();
    }

    /** Where the topic begins. */
    static int idEnd(byte[] key) {
        return ID + Byte.toUnsignedInt(key[ID_LENGTH]);
    }

    /** Reads a key that {@link CheckpointCodec} has written. */
    static byte[] read(ByteBuffer in) {
        byte[] head = new byte[ID];
        in.get(head);
        byte[] id = new byte[Byte.toUnsignedInt(head[ID_LENGTH])];
        in.get(id);
        byte[] topic = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(topic);
        return ByteBuffer.allocate(ID + id.length + topic.length)
                .put(head)
                .put(id)
                .put(topic)
                .array();
    }
}
