package io.blipmq.broker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The connections that share one subscription as competing consumers: each message goes to one of them. Owned by the core
 * thread. It begins with its first member and ends with its last one; nothing of it is journalled.
 *
 * <p>The next messages go to the member with the most free credit, and round robin among equals. A member without credit, or
 * whose output is full, gets nothing and keeps nobody waiting.
 */
final class ConsumerGroup extends PushTarget {
    private final Map<Client, Attachment> members = new LinkedHashMap<>();
    /** The same, to go round. */
    private final List<Attachment> round = new ArrayList<>();
    /** Whose turn it is among equals. */
    private int turn;

    void add(Attachment member) {
        member.joined(this);
        members.put(member.client(), member);
        round.add(member);
    }

    void remove(Attachment member) {
        members.remove(member.client());
        round.remove(member);
    }

    /** What this connection has of it, or null. */
    Attachment member(Client client) {
        return members.get(client);
    }

    /** Those that there are, oldest first. */
    List<Attachment> members() {
        return List.copyOf(members.values());
    }

    /** What an operator may know of them. */
    List<SubscriptionInfo.Member> infos() {
        return members.values().stream()
                .limit(SubscriptionInfo.MEMBERS_MAX)
                .map(member -> new SubscriptionInfo.Member(
                        member.client().name(),
                        member.client().address(),
                        Math.min(member.credit(), AttachRequest.UNLIMITED_CREDIT),
                        member.inFlight().size()))
                .toList();
    }

    int size() {
        return members.size();
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    @Override
    boolean isOpen() {
        for (Attachment member : round) {
            if (takes(member)) {
                return true;
            }
        }
        return false;
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

    /** Whom the next messages go to; null when nobody takes any. */
    Attachment next() {
        Attachment best = null;
        int place = 0;
        for (int i = 0; i < round.size(); i++) {
            int at = (turn + i) % round.size();
            Attachment member = round.get(at);
            if (takes(member) && (best == null || member.credit() > best.credit())) {
                best = member;
                place = at;
            }
        }
        turn = place + 1;
        return best;
    }
}
