package io.blipmq.broker;

import java.util.ArrayDeque;

/**
 * The due times of messages that are appended as scheduled and not stored yet. Owned by the core thread. Only the earliest
 * counts, so those that an earlier one follows are left out.
 */
final class UnappliedSchedules {
    private final ArrayDeque<Scheduled> earliest = new ArrayDeque<>(0);

    private record Scheduled(long sequence, long dueMillis) {}

    void onAppended(long sequence, long dueMillis) {
        while (!earliest.isEmpty() && earliest.peekLast().dueMillis >= dueMillis) {
            earliest.removeLast();
        }
        earliest.addLast(new Scheduled(sequence, dueMillis));
    }

    void onApplied(long sequence) {
        while (!earliest.isEmpty() && earliest.peekFirst().sequence <= sequence) {
            earliest.removeFirst();
        }
    }

    /** Whether one is due earlier than that. */
    boolean hasBefore(long dueMillis) {
        return !earliest.isEmpty() && earliest.peekFirst().dueMillis < dueMillis;
    }
}
