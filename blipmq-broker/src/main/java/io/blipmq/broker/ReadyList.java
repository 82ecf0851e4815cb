package io.blipmq.broker;

/**
 * Whom there may be something to push to: attachments, first come, first served, and topics that messages have arrived in.
 * Owned by the core thread. Both lists are intrusive, and a topic is listed by the first message of a turn, so that being
 * ready costs nothing per message. What waits for room in its connection's output waits in the {@link Client}'s own queue, so
 * that a connection with many subscriptions costs no more than one with few.
 */
final class ReadyList {
    private final AttachmentQueue attachments = new AttachmentQueue();
    private Topic firstTopic;

    /** Lists an attachment that can take something; null is ignored. */
    void add(Attachment attachment) {
        if (attachment != null && attachment.isOpen()) {
            Client client = attachment.client();
            (client.isWaitingForRoom() ? client.waitingForRoom() : attachments).add(attachment);
        }
    }

    /** The output of a client that had no room for more has some again. */
    void onRoom(Client client) {
        client.endWaitForRoom();
        attachments.takeAll(client.waitingForRoom());
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
        return attachments.poll();
    }

    boolean isEmpty() {
        return attachments.isEmpty() && firstTopic == null;
    }
}
