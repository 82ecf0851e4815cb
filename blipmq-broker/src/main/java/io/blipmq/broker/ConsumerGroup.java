package io.blipmq.broker;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The connections that share one subscription as competing consumers: each message goes to one of them. Owned by the core
 * thread. It begins with its first member and ends with its last one; nothing of it is journalled.
 *
 * <p>The next messages go to the member with the most free credit, and round robin among equals. A member without credit, or
 * whose output is full, gets nothing and keeps nobody waiting.
 *
 * <p>Those that take messages, as far as is known, stand in a {@link MemberHeap}, so choosing one costs little however many
 * there are. One that turns out to take none leaves it; what changes that {@link #offer}s it again: its ATTACHED, credit, or
 * room in its output.
 */
final class ConsumerGroup extends PushTarget {
    private final Map<Client, Attachment> members = new LinkedHashMap<>();
    private final MemberHeap takers = new MemberHeap();
    /** Counts the turns that members have had. */
    private long turns;

    void add(Attachment member) {
        member.joined(this);
        members.put(member.client(), member);
        offer(member);
    }

    void remove(Attachment member) {
        members.remove(member.client());
        takers.remove(member);
    }

    /** What this connection has of it, or null. */
    Attachment member(Client client) {
        return members.get(client);
    }

    /** What an operator may know of them, oldest first. */
    List<SubscriptionInfo.Member> infos() {
        return members.values().stream()
                .limit(SubscriptionInfo.MEMBERS_MAX)
                .map(Attachment::info)
                .toList();
    }

    /** The oldest of them. */
    Client firstClient() {
        return members.keySet().iterator().next();
    }

    int size() {
        return members.size();
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    // --- who is next ---

    /** A member may take messages from now on, or its credit has changed. */
    void offer(Attachment member) {
        if (member.isOpen()) {
            takers.put(member);
        } else {
            takers.remove(member);
        }
    }

    @Override
    boolean isOpen() {
        return next() != null;
    }

    /** A member has been given so many messages: if there were any it has had its turn. */
    void onServed(Attachment member, int messages) {
        if (messages > 0) {
            member.turn = ++turns;
        }
        offer(member);
    }

    /** Whom the next messages go to, which {@link #onServed} is to be told of; null when nobody takes any. */
    Attachment next() {
        Attachment first = takers.first();
        while (first != null && !takes(first)) {
            takers.remove(first);
            first = takers.first();
        }
        return first;
    }

    /** Whether messages may go to a member now. One whose output is full lists the group when it has room again. */
    private static boolean takes(Attachment member) {
        if (!member.isOpen()) {
            return false;
        }
        AttachmentQueue waiting = member.waitingQueue();
        if (waiting != null) {
            waiting.add(member);
        }
        return waiting == null;
    }

    /** A group waits for none of its members. */
    @Override
    AttachmentQueue waitingQueue() {
        return null;
    }
}
