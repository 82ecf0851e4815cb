package io.blipmq.broker;

import java.util.ArrayDeque;

/**
 * Targets that wait for their turn to be pushed to, or for room in a connection's output: first come, first
 * served, each in one queue at most. Owned by the core thread.
 */
final class AttachmentQueue {
    /** Null before the first: every connection has such a queue, and most are never used. */
    private ArrayDeque<PushTarget> queue;

    /** Puts a target at the end, unless it stands in a queue already. */
    void add(PushTarget target) {
        if (!target.listed) {
            target.listed = true;
            if (queue == null) {
                queue = new ArrayDeque<>(1);
            }
            queue.add(target);
        }
    }

    /** Takes the first one out; null when there is none. */
    PushTarget poll() {
        PushTarget target = queue == null ? null : queue.poll();
        if (target != null) {
            target.listed = false;
        }
        return target;
    }

    boolean isEmpty() {
        return queue == null || queue.isEmpty();
    }
}
