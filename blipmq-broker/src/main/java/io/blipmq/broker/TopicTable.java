package io.blipmq.broker;

import io.blipmq.broker.message.MessageView;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * Topics by name, looked up by the bytes of a frame so that no string is made for a message. Owned by the core thread.
 * Open addressing with linear probing and backward-shift deletion (Knuth, TAOCP vol. 3, 6.4, algorithm R).
 */
final class TopicTable {
    private static final byte VACANT = 0;
    /** So many slots are vacant at least. A search looks at neighbouring bytes, so that it may be long; a small table stays in a cache. */
    private static final int VACANT_SHARE = 8;
    /** 2^64 divided by the golden ratio, odd (Knuth, TAOCP vol. 3, 6.4). */
    private static final long GOLDEN_RATIO = 0x9e3779b97f4a7c15L;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Topic[] slots = new Topic[64];
    /** A byte of each topic's hash, {@link #VACANT} where there is none: small enough to stay in a processor's cache. */
    private byte[] tags = new byte[64];

    private int count;

    /** @return the topic named by these bytes at an absolute offset, or null */
    Topic find(ByteBuffer buffer, int offset, int length) {
        int hash = hash(buffer, offset, length);
        byte tag = tag(hash);
        for (int slot = hash & mask(); tags[slot] != VACANT; slot = slot + 1 & mask()) {
            if (tags[slot] == tag && matches(slots[slot].name(), buffer, offset, length)) {
                return slots[slot];
            }
        }
        return null;
    }

    /** @return the topic of a message, or null */
    Topic find(MessageView message) {
        return find(message.buffer(), message.topicOffset(), message.topicLength());
    }

    Topic find(byte[] name) {
        return find(ByteBuffer.wrap(name), 0, name.length);
    }

    void add(Topic topic) {
        if (count >= slots.length - slots.length / VACANT_SHARE) {
            grow();
        }
        insert(topic);
        count++;
    }

    void remove(Topic topic) {
        int slot = hash(topic) & mask();
        while (slots[slot] != topic) {
            slot = slot + 1 & mask();
        }
        count--;
        int gap = slot;
        for (int next = gap + 1 & mask(); slots[next] != null; next = next + 1 & mask()) {
            int home = hash(slots[next]) & mask();
            if ((next - home & mask()) >= (next - gap & mask())) {
                slots[gap] = slots[next];
                tags[gap] = tags[next];
                gap = next;
            }
        }
        slots[gap] = null;
        tags[gap] = VACANT;
    }

    int count() {
        return count;
    }

    void forEach(Consumer<Topic> action) {
        for (Topic topic : slots) {
            if (topic != null) {
                action.accept(topic);
            }
        }
    }

    private void insert(Topic topic) {
        int hash = hash(topic);
        int slot = hash & mask();
        while (tags[slot] != VACANT) {
            slot = slot + 1 & mask();
        }
        slots[slot] = topic;
        tags[slot] = tag(hash);
    }

    private void grow() {
        Topic[] old = slots;
        slots = new Topic[old.length * 2];
        tags = new byte[old.length * 2];
        for (Topic topic : old) {
            if (topic != null) {
                insert(topic);
            }
        }
    }

    private static byte tag(int hash) {
        return (byte) (hash >>> 24 | 1);
    }

    private static int hash(Topic topic) {
        return hash(ByteBuffer.wrap(topic.name()), 0, topic.name().length);
    }

    private int mask() {
        return slots.length - 1;
    }

    static boolean matches(byte[] name, ByteBuffer buffer, int offset, int length) {
        if (name.length != length) {
            return false;
        }
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            if ((long) LONG.get(name, i) != buffer.getLong(offset + i)) {
                return false;
            }
        }
        for (; i < length; i++) {
            if (name[i] != buffer.get(offset + i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Eight bytes at a time. Both halves of the product are folded together, so that names which differ in a digit or two lie
     * far apart: with linear probing neighbours are in each other's way.
     */
    static int hash(ByteBuffer buffer, int offset, int length) {
        long hash = length;
        int end = offset + length;
        int at = offset;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            hash = mix(hash ^ buffer.getLong(at));
        }
        long rest = 0;
        for (; at < end; at++) {
            rest = rest << Byte.SIZE | buffer.get(at) & 0xff;
        }
        return (int) mix(hash ^ rest);
    }

    private static long mix(long value) {
        long mixed = value ^ GOLDEN_RATIO;
        return mixed * GOLDEN_RATIO ^ Math.multiplyHigh(mixed, GOLDEN_RATIO);
    }
}
