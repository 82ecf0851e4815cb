package io.blipmq.broker;

/**
 * Whom there may be something to push to: attachments, first come, first served, and topics that messages have arrived in.
 * Owned by the core thread. Both lists are intrusive, and a topic is listed by the first message of a turn, so that being
 * ready costs nothing per message.
 */
final class ReadyList {
    private Attachment first;
    private Attachment last;
    private Topic firstTopic;

    /** Lists an attachment that can take something; null is ignored. */
    void add(Attachment attachment) {
        if (attachment == null || attachment.listed || !attachment.isOpen()) {
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

    /** Messages have arrived in a topic. */
    void addTopic(Topic topic) {
        if (!topic.listed && !topic.attachments().isEmpty()) {
            topic.listed = true;
            topic.nextListed = firstTopic;
            firstTopic = topic;
        }
    }

    /** Lists the attachments to topics that messages have arrived in. */
    void spreadTopics() {
        while (firstTopic != null) {
            Topic topic = firstTopic;
            firstTopic = topic.nextListed;
            topic.nextListed = null;
            topic.listed = false;
            for (Attachment attachment : topic.attachments()) {
                add(attachment);
            }
        }
    }

    /** The next attachment, which is no longer listed; null when there is none. */
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
        return first == null && firstTopic == null;
    }
}
