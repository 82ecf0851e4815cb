package io.blipmq.broker;

import java.util.BitSet;

/**
 * Indexes at or beyond a subscription's cursor that are settled already: after a restart the cursor stands at the oldest
 * unsettled message while later ones may have been acknowledged. Owned by the core thread.
 */
final class SettledAhead {
    /** Bits below the cursor are cut off once there are this many. */
    private static final int SLACK_BITS = 1 << 20;

    private BitSet bits;
    private long base;
    private long count;
    private long payloadBytes;

    boolean contains(long index) {
        return bits != null && index >= base && bits.get((int) (index - base));
    }

    void add(long index, long cursor, int payloadLength) {
        if (contains(index)) {
            return;
        }
        if (bits == null) {
            bits = new BitSet();
            base = cursor;
        }
        bits.set(Math.toIntExact(index - base));
        count++;
        payloadBytes += payloadLength;
    }

    /** How many there are. */
    long count() {
        return count;
    }

    /** Bytes of their payloads. */
    long payloadBytes() {
        return payloadBytes;
    }

    /** The cursor has moved up to here, by one, past a message of this length. */
    void advanceTo(long cursor, int payloadLength) {
        if (bits == null) {
            return;
        }
        if (contains(cursor - 1)) {
            count--;
            payloadBytes -= payloadLength;
        }
        if (cursor - base >= bits.length()) {
            bits = null;
        } else if (cursor - base >= SLACK_BITS) {
            bits = bits.get((int) (cursor - base), bits.length());
            base = cursor;
        }
    }
}
