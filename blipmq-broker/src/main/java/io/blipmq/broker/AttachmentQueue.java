package io.blipmq.broker;

/** Attachments that wait for something, first come, first served; each stands in one queue at most. Owned by the core thread. */
final class AttachmentQueue {
    private Attachment first;
    private Attachment last;

    /** Puts an attachment at the end, unless it stands in a queue already. */
    void add(Attachment attachment) {
        if (attachment.listed) {
            return;
        }
        attachment.listed = true;
        if (last == null) {
            first = attachment;
        } else {
            last.nextListed = attachment;
        }
        last = attachment;
    }

    /** Takes the first one out; null when there is none. */
    Attachment poll() {
        Attachment attachment = first;
        if (attachment != null) {
            first = attachment.nextListed;
            if (first == null) {
                last = null;
            }
            attachment.nextListed = null;
            attachment.listed = false;
        }
        return attachment;
    }

    boolean isEmpty() {
        return first == null;
    }
}
