package io.blipmq.client;

import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.RequestEncoder;
import io.blipmq.protocol.v2.SettleLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Thread-safe: what was decided about a subscription's deliveries and has not been sent, and the credit to give back.
 * Settlements that say the same go out in one SETTLE. Those of an earlier connection's deliveries are dropped.
 *
 * <p>The client gives credit back itself, in messages and in bytes, for each delivery that was settled or at QoS 0 taken: so
 * there are never more deliveries here than the subscription's credit, and of their bytes never more than that and one message.
 */
final class Settlements {
    /** Tags in one SETTLE: a frame stays small beside what others have to send. */
    private static final int TAGS_MAX = SettleLayout.DELIVERIES_MAX;

    private static final byte[] NO_REASON = new byte[0];

    private static final class Group {
        private final int action;
        private final long millis;
        private final byte[] reason;
        private long[] tags = new long[16];
        private int[] attempts = new int[16];
        private int count;

        private Group(int action, long millis, byte[] reason) {
            this.action = action;
            this.millis = millis;
            this.reason = reason;
        }

        private boolean takes(int otherAction, long otherMillis, byte[] otherReason) {
            return action == otherAction
                    && millis == otherMillis
                    && count < TAGS_MAX
                    && Arrays.equals(reason, otherReason);
        }

        private void add(Delivery delivery) {
            if (count == tags.length) {
                tags = Arrays.copyOf(tags, 2 * count);
                attempts = Arrays.copyOf(attempts, 2 * count);
            }
            tags[count] = delivery.tag();
            attempts[count++] = delivery.attempt();
        }
    }

    /** Credit that is given at a time. */
    record Grant(int messages, long bytes) {
        boolean isEmpty() {
            return messages == 0 && bytes == 0;
        }
    }

    private final int credit;
    private final long creditBytes;
    private final long total;
    private List<Group> groups = new ArrayList<>();
    private int generation = 1;
    /** Credit that the broker has not used, and deliveries that are not settled. */
    private int granted;
    /** Likewise in bytes; below 0 while a message is here that is larger than the credit. */
    private long grantedBytes;
    /** Deliveries that are done with: they do not come again. */
    private long done;

    private int held;
    private boolean dirty;
    private boolean leaving;

    /** @param total messages that are wanted in all */
    Settlements(int credit, long creditBytes, long total) {
        this.credit = credit;
        this.creditBytes = creditBytes;
        this.total = total;
    }

    /** The credit that a new attachment begins with. */
    synchronized Grant grantAtStart() {
        granted = 0;
        grantedBytes = 0;
        return grant();
    }

    private Grant grant() {
        Grant due = new Grant(due(), dueBytes());
        granted += due.messages();
        grantedBytes += due.bytes();
        return due;
    }

    private long dueBytes() {
        return leaving ? 0 : Math.max(0, Math.min(creditBytes - grantedBytes, SubscriptionOptions.CREDIT_BYTES_MAX));
    }

    /** Its owner is about to leave: what is given back is not to be delivered here once more. */
    synchronized void giveNoCreditBack() {
        leaving = true;
    }

    private int due() {
        return leaving ? 0 : (int) Math.max(0, Math.min(credit - granted, total - done - granted));
    }

    /** @return whether nobody has asked for sending yet */
    synchronized boolean add(Delivery delivery, int action, long millis, byte[] reason) {
        if (delivery.generation() != generation || delivery.isSettled()) {
            return false;
        }
        if (action != SettleLayout.EXTEND && action != SettleLayout.BEGIN) {
            delivery.markSettled();
            giveBack(delivery);
            done += action == SettleLayout.NACK || action == SettleLayout.RELEASE ? 0 : 1;
        }
        groupFor(action, millis, reason.length == 0 ? NO_REASON : reason).add(delivery);
        return becomeDirty();
    }

    private Group groupFor(int action, long millis, byte[] reason) {
        Group last = groups.isEmpty() ? null : groups.get(groups.size() - 1);
        if (last == null || !last.takes(action, millis, reason)) {
            last = new Group(action, millis, reason);
            groups.add(last);
        }
        return last;
    }

    /** A delivery at QoS 0 was taken. @return whether there is enough to be worth a frame */
    synchronized boolean giveCreditBack(Delivery delivery) {
        if (delivery.generation() != generation) {
            return false;
        }
        giveBack(delivery);
        done++;
        boolean isWorthAFrame = credit - granted >= Math.max(1, credit / 4)
                || creditBytes - grantedBytes >= Math.max(1, creditBytes / 4);
        return isWorthAFrame && becomeDirty();
    }

    private void giveBack(Delivery delivery) {
        held--;
        granted--;
        grantedBytes -= delivery.bytes();
    }

    private boolean becomeDirty() {
        boolean first = !dirty;
        dirty = true;
        return first;
    }

    synchronized void onDelivered(int count) {
        held += count;
    }

    /** Whether no delivery is unsettled and nothing has to be sent. */
    synchronized boolean isEmpty() {
        return held == 0 && groups.isEmpty();
    }

    synchronized int generation() {
        return generation;
    }

    /** The connection is gone: its deliveries come again. */
    synchronized void onLost() {
        generation++;
        groups.clear();
        held = 0;
        dirty = false;
    }

    /** Writes what has come together. */
    void writeTo(FrameOutput output, long subscriptionId) {
        List<Group> taken;
        Grant returned;
        synchronized (this) {
            taken = groups;
            groups = new ArrayList<>();
            returned = grant();
            dirty = false;
        }
        for (Group group : taken) {
            RequestEncoder.settle(
                    output.room(SettleLayout.settleFrameBytes(group.reason.length, group.count)),
                    ClientCore.UNANSWERED_ID,
                    subscriptionId,
                    group.action,
                    0,
                    group.millis,
                    group.reason,
                    group.tags,
                    group.attempts,
                    group.count);
        }
        if (!returned.isEmpty()) {
            RequestEncoder.credit(
                    output.room(AttachLayout.creditFrameBytes()),
                    subscriptionId,
                    returned.messages(),
                    returned.bytes());
        }
    }
}
