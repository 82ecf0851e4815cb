package io.blipmq.broker;

import io.blipmq.broker.backlog.MessageCursor;
import io.blipmq.broker.backlog.MessageLog;
import io.blipmq.broker.backlog.MessageWalk;
import io.blipmq.broker.journal.CheckpointCodec;
import io.blipmq.broker.journal.CheckpointVisitor.SubscriptionState;
import io.blipmq.broker.journal.StoredMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * What a checkpoint holds of a subscription where several nodes keep the log: its journalled state alone, the same
 * bytes on every node that has applied the same commands, whatever it has delivered and however far its cursors are.
 * Owned by the core thread.
 *
 * <p>A cursor is where a reader is, which differs from node to node. So the cursor that is written is the one behind the newest
 * message that is settled: all before it are settled, but for those that are written as deliveries, and all from it on wait.
 * It takes as long as there are messages that are not settled in front of one that is.
 */
final class ReplicatedForm implements CheckpointCapture.Form {
    private static final long[] NO_TAGS = {};
    private static final int[] NO_LENGTHS = {};

    private final BrokerState state;
    /** Whether places in the journal are written: each node has its own. */
    private final boolean positions;

    private ReplicatedForm(BrokerState state, boolean positions) {
        this.state = state;
        this.positions = positions;
    }

    /** For a start of this node, or of one that gets its journal, too. */
    static ReplicatedForm of(BrokerState state) {
        return new ReplicatedForm(state, true);
    }

    /** Equal on two nodes that have applied the same commands. */
    static long digest(BrokerState state) {
        CRC32C crc = new CRC32C();
        crc.update(write(state, false));
        return crc.getValue();
    }

    /** All of the state as of now. */
    static ByteBuffer write(BrokerState state) {
        return write(state, true);
    }

    private static ByteBuffer write(BrokerState state, boolean positions) {
        ReplicatedForm form = new ReplicatedForm(state, positions);
        CheckpointCodec out = new CheckpointCodec(
                state.subscriptions().count(), state.subscriptions().memory().deliveries());
        Map<MessageStream, Integer> topics = new IdentityHashMap<>();
        form.writeHead(out);
        for (StoredSubscription subscription : state.subscriptions().storedBehind(0)) {
            MessageStream topic = subscription.topic();
            int number = topics.computeIfAbsent(
                    topic,
                    found -> out.topic(
                            found.name(),
                            found.filter() != null,
                            found.messages().state()));
            form.write(subscription, number, out);
            CheckpointCapture.writeLetters(subscription, out);
        }
        for (PublishId id = state.publishIds().oldest(); id != null; id = id.newer) {
            CheckpointCapture.writePublishId(id, out);
        }
        return out.end();
    }

    @Override
    public void writeHead(CheckpointCodec out) {
        out.time(state.time().newestMillis(), List.of());
        if (state.hasAgreedSettings()) {
            out.settings(state.settings());
        }
        state.schedules().write(out);
    }

    @Override
    public void write(StoredSubscription subscription, int topicNumber, CheckpointCodec out) {
        MessageCursor cursor = subscription.cursor();
        long next = cursor.settledThrough() + 1;
        long waiting = cursor.waitingCount();
        long waitingBytes = cursor.waitingBytes();
        List<StoredMessage> kept = new ArrayList<>();
        List<StoredMessage> redriven = new ArrayList<>(0);
        for (Delivery delivery : subscription.unsettled().values()) {
            if (delivery.isRedriven()) {
                redriven.add(delivery.message);
            } else {
                waiting++;
                waitingBytes += delivery.message.payloadLength;
                if (delivery.tag < next) {
                    kept.add(delivery.message);
                }
            }
        }
        addWaiting(subscription, next, kept);
        for (StoredMessage message : kept) {
            waiting--;
            waitingBytes -= message.payloadLength;
        }
        MessageLog messages = subscription.messages();
        out.subscription(
                topicNumber,
                new SubscriptionState(
                        subscription.id(),
                        subscription.owner(),
                        subscription.name(),
                        subscription.endsWithConnection(),
                        next,
                        messages.count() - waiting,
                        messages.bytes() - waitingBytes,
                        subscription.isDeadLetters() ? messages.state() : null,
                        0,
                        NO_TAGS,
                        NO_LENGTHS),
                kept.size() + redriven.size());
        write(kept, false, out);
        write(redriven, true, out);
        out.endSubscription();
    }

    /** Those from the cursor on that are not settled although a later one is. */
    private static void addWaiting(StoredSubscription subscription, long end, List<StoredMessage> kept) {
        MessageCursor cursor = subscription.cursor();
        MessageWalk walk = new MessageWalk(subscription.messages(), cursor.nextSequence());
        while (walk.from() < end) {
            long tag = walk.next();
            if (tag == MessageWalk.NONE || tag >= end) {
                return;
            }
            if (tag != MessageWalk.SEARCHING && !cursor.settledAhead().contains(tag)) {
                kept.add(walk.read());
            }
        }
    }

    private void write(List<StoredMessage> messages, boolean redriven, CheckpointCodec out) {
        messages.sort(Comparator.comparingLong(StoredMessage::sequence));
        for (StoredMessage message : messages) {
            long position = message.position;
            message.position = positions ? position : 0;
            out.delivery(message, redriven, false, 0, 0);
            message.position = position;
        }
    }
}
