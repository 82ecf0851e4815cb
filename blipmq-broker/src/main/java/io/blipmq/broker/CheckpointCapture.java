package io.blipmq.broker;

import io.blipmq.broker.CheckpointVisitor.LogState;
import io.blipmq.broker.CheckpointVisitor.SubscriptionState;
import io.blipmq.wal.Liveness;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * Takes the broker's state at one moment, in parts of many turns. Owned by the core thread.
 *
 * <p>The moment is that of {@link #begin}. From then on a part of each turn is spent on writing down one subscription after
 * the other, and one that is about to change is written down before: {@link #before}. So what is written is as it was at
 * that moment, whatever happens meanwhile; subscriptions made since are not in it.
 */
final class CheckpointCapture {
    /** What writing down a subscription costs beside its deliveries. */
    private static final int SUBSCRIPTION_WORK = 16;

    private final BrokerState state;
    private final int workPerTurn;
    /** Of the capture that runs or was the last. */
    private int number;

    private boolean running;
    private long throughSequence;
    private long takenNanos;
    private long takenMillis;
    private DurableWalk walk;
    private CheckpointCodec out;
    private boolean keepAll;

    CheckpointCapture(BrokerState state, BrokerLimits limits) {
        this.state = state;
        this.workPerTurn = limits.captureWorkPerTurn();
    }

    boolean isRunning() {
        return running;
    }

    /** @param keepEverything whether the journal is to drop nothing for it */
    void begin(Journal journal, long nowNanos, boolean keepEverything) {
        throughSequence = journal.beginCheckpoint();
        keepAll = keepEverything;
        number++;
        running = true;
        walk = new DurableWalk(state);
        takenNanos = nowNanos;
        takenMillis = state.time().nowMillis();
        out = new CheckpointCodec(state.subscriptionCount(), state.memory().deliveries());
        out.time(takenMillis, state.time().jumps());
    }

    /** Does a turn's part, and hands all to the journal with the last one. */
    void goOn(Journal journal) {
        long workEnd = state.work().items() + workPerTurn;
        while (running && state.work().items() < workEnd) {
            DurableSubscription next = walk.next();
            if (next == null) {
                end(journal);
            } else {
                before(next);
            }
        }
    }

    private void end(Journal journal) {
        running = false;
        walk = null;
        ByteBuffer content = out.end();
        out = null;
        journal.checkpoint(content, keepAll ? Liveness.KEEP_ALL : new CheckpointLiveness(content));
    }

    /** A subscription is going to change. */
    void before(DurableSubscription subscription) {
        if (running && subscription.capturedIn != number && subscription.id() <= throughSequence) {
            subscription.capturedIn = number;
            capture(subscription);
        }
    }

    /** A message is going to be appended to a topic. */
    void before(Topic topic) {
        if (running && topic.capturedIn != number) {
            topic.capturedIn = number;
            topic.captured = LogState.of(topic.messages());
            topic.capturedNumber = Topic.NOT_CAPTURED;
        }
    }

    private void capture(DurableSubscription subscription) {
        Unsettled unsettled = subscription.unsettled();
        state.work().add(SUBSCRIPTION_WORK + unsettled.size());
        out.subscription(topicNumber(subscription.topic()), stateOf(subscription), unsettled.size());
        for (Delivery delivery : unsettled.values()) {
            out.delivery(
                    delivery.message,
                    delivery.isRedriven(),
                    delivery.delivered,
                    delivery.attemptsMade(),
                    dueMillis(delivery));
        }
        out.endSubscription();
        RecentLetters letters = subscription.recentLetters();
        if (letters.count() > 0) {
            state.work().add(letters.count());
            out.letters(subscription.id(), letters.count());
            letters.forEach(letter -> out.letter(
                    letter.deadLetters().id(),
                    letter.tag(),
                    letter.originTag(),
                    letter.payloadLength(),
                    letter.originRedriven()));
        }
    }

    /** Until when a delivery is put off; 0: it is not. */
    private long dueMillis(Delivery delivery) {
        return delivery.is(Delivery.State.DELAYED) ? millisOf(delivery.deadlineNanos) : 0;
    }

    private long millisOf(long nanos) {
        return takenMillis + TimeUnit.NANOSECONDS.toMillis(nanos - takenNanos);
    }

    private int topicNumber(Topic topic) {
        before(topic);
        if (topic.capturedNumber == Topic.NOT_CAPTURED) {
            topic.capturedNumber = out.topic(topic.name(), topic.captured);
            topic.captured = null;
        }
        return topic.capturedNumber;
    }

    private SubscriptionState stateOf(DurableSubscription subscription) {
        MessageCursor cursor = subscription.cursor();
        return new SubscriptionState(
                subscription.id(),
                subscription.owner(),
                subscription.name(),
                subscription.isPassing(),
                cursor.nextSequence(),
                cursor.passedCount(),
                cursor.passedBytes(),
                subscription.isDeadLetters() ? LogState.of(subscription.messages()) : null,
                subscription.isAttached() ? 0 : millisOf(subscription.detachedNanos()),
                cursor.settledAhead().tags(),
                cursor.settledAhead().lengths());
    }
}
