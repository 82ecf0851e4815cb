package io.blipmq.broker;

import io.blipmq.broker.backlog.MessageCursor;
import io.blipmq.broker.journal.CheckpointCodec;
import io.blipmq.broker.journal.CheckpointVisitor.SubscriptionState;
import java.util.concurrent.TimeUnit;

/**
 * What a checkpoint of a daemon on its own holds of a subscription: its journalled state, and of its local state the
 * cursor, the attempts, the delays, and settlements that are not stored yet. Owned by the core thread.
 */
final class LocalForm implements CheckpointCapture.Form {
    private final BrokerState state;
    private final long takenNanos;
    private final long takenMillis;

    LocalForm(BrokerState state, long nowNanos) {
        this.state = state;
        this.takenNanos = nowNanos;
        this.takenMillis = state.time().nowMillis();
    }

    @Override
    public void writeHead(CheckpointCodec out) {
        out.time(takenMillis, state.time().jumps());
        if (state.hasAgreedSettings()) {
            out.settings(state.settings());
        }
        state.schedules().write(out);
    }

    @Override
    public void write(StoredSubscription subscription, int topicNumber, CheckpointCodec out) {
        Unsettled unsettled = subscription.unsettled();
        out.subscription(topicNumber, stateOf(subscription), unsettled.size());
        for (Delivery delivery : unsettled.values()) {
            if (!delivery.is(Delivery.State.SETTLING)) {
                out.delivery(
                        delivery.message,
                        delivery.isRedriven(),
                        delivery.delivered,
                        delivery.attemptsMade(),
                        dueMillis(delivery));
            }
        }
        out.endSubscription();
    }

    /** Until when a delivery is put off; 0: it is not. */
    private long dueMillis(Delivery delivery) {
        return delivery.is(Delivery.State.DELAYED) ? millisOf(delivery.deadlineNanos) : 0;
    }

    private long millisOf(long nanos) {
        return takenMillis + TimeUnit.NANOSECONDS.toMillis(nanos - takenNanos);
    }

    private SubscriptionState stateOf(StoredSubscription subscription) {
        MessageCursor cursor = subscription.cursor();
        return new SubscriptionState(
                subscription.id(),
                subscription.owner(),
                subscription.name(),
                subscription.endsWithConnection(),
                cursor.nextSequence(),
                cursor.passedCount(),
                cursor.passedBytes(),
                subscription.isDeadLetters() ? subscription.messages().state() : null,
                subscription.life().isAttached()
                        ? 0
                        : millisOf(subscription.life().detachedNanos()),
                cursor.settledAhead().tags(),
                cursor.settledAhead().lengths());
    }
}
