package io.blipmq.broker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Whom there may be something to push to: attachments, first come, first served, and topics that messages have arrived in.
 * Owned by the core thread. A topic is listed by the first message of a turn, so that being ready costs nothing per message.
 *
 * <p>What finds no room in its connection's output waits in the {@link Client}'s own queue. When there is room again the client
 * is listed, and its queue is served from the front for as long as the room lasts: whoever filled the output stands at the
 * end of it, and those that are not served are not touched.
 */
final class ReadyList {
    private final AttachmentQueue attachments = new AttachmentQueue();
    private final List<Topic> topics = new ArrayList<>();
    /** Clients that have room again and a queue. */
    private final ArrayDeque<Client> clients = new ArrayDeque<>();
    /** Whose turn it is: the clients' or the attachments'. */
    private boolean clientsFirst;

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
        if (!client.listed && !client.waitingForRoom().isEmpty()) {
            list(client);
        }
    }

    private void list(Client client) {
        client.listed = true;
        clients.add(client);
    }

    /** Messages have arrived in a topic. */
    void addTopic(Topic topic) {
        if (!topic.listed && !topic.attachments().isEmpty()) {
            topic.listed = true;
            topics.add(topic);
        }
    }

    /** Lists the attachments to topics that messages have arrived in. */
    void spreadTopics() {
        for (Topic topic : topics) {
            topic.listed = false;
            for (Attachment attachment : topic.attachments()) {
                add(attachment);
            }
        }
        topics.clear();
    }

    /** The next attachment, which is no longer listed; null when there is none. */
    Attachment poll() {
        clientsFirst = !clientsFirst;
        Attachment next = clientsFirst ? pollClients() : attachments.poll();
        if (next != null) {
            return next;
        }
        return clientsFirst ? attachments.poll() : pollClients();
    }

    private Attachment pollClients() {
        while (!clients.isEmpty()) {
            Client client = clients.remove();
            client.listed = false;
            Attachment next =
                    client.isWaitingForRoom() ? null : client.waitingForRoom().poll();
            if (next != null) {
                if (!client.waitingForRoom().isEmpty()) {
                    list(client);
                }
                return next;
            }
        }
        return null;
    }

    boolean isEmpty() {
        return attachments.isEmpty() && topics.isEmpty() && clients.isEmpty();
    }
}
