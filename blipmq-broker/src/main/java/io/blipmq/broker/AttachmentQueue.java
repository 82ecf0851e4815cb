package io.blipmq.broker;

import java.util.ArrayDeque;

/**
 * Attachments that wait for their turn to be pushed to, or for room in their connection's output: first come, first
 * served, each in one queue at most. Owned by the core thread.
 */
final class AttachmentQueue {
    /** Null before the first: every connection has such a queue, and most are never used. */
    private ArrayDeque<Attachment> queue;

    /** Puts an attachment at the end, unless it stands in a queue already. */
    void add(Attachment attachment) {
        if (!attachment.listed) {
            attachment.listed = true;
            if (queue == null) {
                queue = new ArrayDeque<>(1);
            }
            queue.add(attachment);
        }
    }

    /** Takes the first one out; null when there is none. */
    Attachment poll() {
        Attachment attachment = queue == null ? null : queue.poll();
        if (attachment != null) {
            attachment.listed = false;
        }
        return attachment;
    }

    boolean isEmpty() {
        return queue == null || queue.isEmpty();
    }
}
