package io.blipmq.broker;

import java.util.Arrays;

/**
 * Members of a {@link ConsumerGroup} in the order in which they are served: the one with the most credit first, and of equals
 * the one that has waited longest. Owned by the core thread. A binary heap whose members know their places, so that each
 * change costs a few comparisons; nothing is allocated but when it grows. The one that is served meanwhile may stand too far
 * in front, until it is {@link #put} again.
 */
final class MemberHeap {
    private static final int CAPACITY_MIN = 4;

    private Attachment[] members = new Attachment[CAPACITY_MIN];
    private int size;

    /** Null when it is empty. */
    Attachment first() {
        return members[0];
    }

    /** Takes a member in, or moves it to where it belongs now. */
    void put(Attachment member) {
        if (member.heapPlace == Attachment.IN_NO_HEAP) {
            if (size == members.length) {
                members = Arrays.copyOf(members, 2 * size);
            }
            place(member, size++);
        }
        settle(member);
    }

    /** Does nothing when it is not here. */
    void remove(Attachment member) {
        int place = member.heapPlace;
        if (place == Attachment.IN_NO_HEAP) {
            return;
        }
        member.heapPlace = Attachment.IN_NO_HEAP;
        Attachment last = members[--size];
        members[size] = null;
        if (last != member) {
            place(last, place);
            settle(last);
        }
    }

    private void settle(Attachment member) {
        rise(member);
        sink(member);
    }

    private void rise(Attachment member) {
        int at = member.heapPlace;
        while (at > 0 && isBefore(member, members[(at - 1) / 2])) {
            place(members[(at - 1) / 2], at);
            at = (at - 1) / 2;
            place(member, at);
        }
    }

    private void sink(Attachment member) {
        int at = member.heapPlace;
        for (int child = firstOfChildren(at); child < size && isBefore(members[child], member); ) {
            place(members[child], at);
            at = child;
            place(member, at);
            child = firstOfChildren(at);
        }
    }

    /** @return beyond {@link #size} when it has none */
    private int firstOfChildren(int at) {
        int left = 2 * at + 1;
        return left + 1 < size && isBefore(members[left + 1], members[left]) ? left + 1 : left;
    }

    private void place(Attachment member, int at) {
        members[at] = member;
        member.heapPlace = at;
    }

    private static boolean isBefore(Attachment one, Attachment other) {
        return one.credit() == other.credit() ? one.turn < other.turn : one.credit() > other.credit();
    }
}
