package io.blipmq.broker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Whom there may be something to push to: attachments, first come, first served, and streams that messages have arrived in.
 * Owned by the core thread. A stream is listed by the first message of a turn, so that being ready costs nothing per message.
 *
 * <p>What finds no room in its connection's output waits in the {@link Client}'s own queue. When there is room again the client
 * is listed, and its queue is served from the front for as long as the room lasts: whoever filled the output stands at the
 * end of it, and those that are not served are not touched.
 */
final class ReadyList {
    private final AttachmentQueue attachments = new AttachmentQueue();
    private final List<MessageStream> streams = new ArrayList<>();
    /** Clients that have room again and a queue. */
    private final ArrayDeque<Client> clients = new ArrayDeque<>();
    /** Whose turn it is: the clients' or the attachments'. */
    private boolean clientsFirst;

    /** Lists a target that can take something; null is ignored. */
    void add(PushTarget target) {
        if (target != null && !target.listed && target.isOpen()) {
            AttachmentQueue waiting = target.waitingQueue();
            (waiting == null ? attachments : waiting).add(target);
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

    /** Messages have arrived. */
    void addStream(MessageStream stream) {
        if (!stream.listed && !stream.attachments().isEmpty()) {
            stream.listed = true;
            streams.add(stream);
        }
    }

    /** Lists the attachments to what messages have arrived in. */
    void spreadStreams() {
        for (MessageStream stream : streams) {
            stream.listed = false;
            for (PushTarget target : stream.attachments()) {
                add(target);
            }
        }
        streams.clear();
    }

    /** The next target, which is no longer listed; null when there is none. */
    PushTarget poll() {
        clientsFirst = !clientsFirst;
        PushTarget next = clientsFirst ? pollClients() : attachments.poll();
        if (next != null) {
            return next;
        }
        return clientsFirst ? attachments.poll() : pollClients();
    }

    private PushTarget pollClients() {
        while (!clients.isEmpty()) {
            Client client = clients.remove();
            client.listed = false;
            PushTarget next =
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
        return attachments.isEmpty() && streams.isEmpty() && clients.isEmpty();
    }
}
