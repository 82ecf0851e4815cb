package io.blipmq.net.blip;

import io.blipmq.net.NetLimits;

/**
 * The answers of one connection that wait for the journal, in the order of their requests. Owned by the broker thread.
 *
 * <p>A ring of parallel arrays that grows with need and gives back what a burst took; a connection that waits for
 * nothing has none.
 *
 * @param <S> the session whose answers these are
 */
final class PendingAnswers<S extends BlipSession> {
    /** Beyond so many values that answers name one by one the connection is not read, either: 32 KiB. */
    private static final int MORE_VALUES_MAX = 4_096;

    /** The number of the command that an answer waits for is not known yet. */
    static final long NO_SEQUENCE = Long.MAX_VALUE;

    private static final int FIRST_CAPACITY = 16;
    /** What an empty ring may keep: about 8 KiB, so that steady pipelining does not allocate. */
    private static final int KEPT_CAPACITY_MAX = 256;

    private final int countMax;
    private Entries<S> entries;
    private int head;
    private int count;
    private int moreValues;

    /** @param countMax beyond it the connection is not read */
    PendingAnswers(int countMax) {
        this.countMax = countMax;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Whether another frame's answers might not fit. */
    boolean isFull() {
        return count > countMax - NetLimits.ANSWERS_PER_PACKET_MAX || moreValues > MORE_VALUES_MAX;
    }

    int count() {
        return count;
    }

    /**
     * Queues an answer.
     *
     * @param sequence what must have been applied before it is sent
     * @param value what its kind says, else 0; likewise the second
     * @param detail what its kind says, else null
     */
    void add(
            AnswerKind<? super S> kind,
            long sequence,
            long correlationId,
            long value,
            long secondValue,
            Object detail) {
        if (count == countMax) {
            throw new IllegalStateException("a request was handled that has no room for its answer");
        }
        ensureRoom();
        int at = (head + count) & (entries.kinds.length - 1);
        entries.kinds[at] = kind;
        entries.sequences[at] = sequence;
        entries.correlationIds[at] = correlationId;
        entries.values[at] = value;
        entries.secondValues[at] = secondValue;
        entries.details[at] = detail;
        count++;
        moreValues += valuesOf(detail);
    }

    /** The sequence number that the first answer waits for. */
    long sequence() {
        return entries.sequences[head];
    }

    /** It is known now. */
    void sequence(long sequence) {
        entries.sequences[head] = sequence;
    }

    AnswerKind<? super S> kind() {
        return entries.kinds[head];
    }

    long correlationId() {
        return entries.correlationIds[head];
    }

    long value() {
        return entries.values[head];
    }

    long secondValue() {
        return entries.secondValues[head];
    }

    Object detail() {
        return entries.details[head];
    }

    void removeFirst() {
        moreValues -= valuesOf(detail());
        entries.details[head] = null;
        head = (head + 1) & (entries.kinds.length - 1);
        count--;
        if (count == 0 && entries.kinds.length > KEPT_CAPACITY_MAX) {
            clear();
        }
    }

    private static int valuesOf(Object detail) {
        return detail instanceof long[] values ? values.length : 0;
    }

    void clear() {
        entries = null;
        head = 0;
        count = 0;
        moreValues = 0;
    }

    private void ensureRoom() {
        if (entries == null) {
            entries = new Entries<>(FIRST_CAPACITY);
        } else if (count == entries.kinds.length) {
            entries = entries.twiceAsLarge(head);
            head = 0;
        }
    }

    private static final class Entries<S extends BlipSession> {
        final AnswerKind<? super S>[] kinds;
        final long[] sequences;
        final long[] correlationIds;
        final long[] values;
        final long[] secondValues;
        final Object[] details;

        @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
        Entries(int capacity) {
            kinds = new AnswerKind[capacity];
            sequences = new long[capacity];
            correlationIds = new long[capacity];
            values = new long[capacity];
            secondValues = new long[capacity];
            details = new Object[capacity];
        }

        Entries<S> twiceAsLarge(int head) {
            int capacity = kinds.length;
            Entries<S> larger = new Entries<>(2 * capacity);
            unroll(kinds, larger.kinds, head);
            unroll(sequences, larger.sequences, head);
            unroll(correlationIds, larger.correlationIds, head);
            unroll(values, larger.values, head);
            unroll(secondValues, larger.secondValues, head);
            unroll(details, larger.details, head);
            return larger;
        }

        private void unroll(Object from, Object to, int head) {
            int upper = kinds.length - head;
            System.arraycopy(from, head, to, 0, upper);
            System.arraycopy(from, 0, to, upper, head);
        }
    }
}
