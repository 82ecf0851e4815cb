package io.blipmq.broker;

import io.blipmq.broker.backlog.MessageLog;
import io.blipmq.broker.journal.CheckpointVisitor;
import io.blipmq.broker.journal.ClockJump;
import io.blipmq.broker.journal.MessageKeys;
import io.blipmq.broker.journal.ReplicatedSettings;
import io.blipmq.broker.journal.StoredMessage;
import java.util.List;

/** Puts what a checkpoint holds back into a state that holds nothing yet. Owned by the core thread. */
final class CheckpointRestore implements CheckpointVisitor {
    private final BrokerState state;
    /** What this one replaces, whose positions are taken over; or null. */
    private final BrokerState replaced;

    private MessageStream topic;
    private StoredSubscription subscription;

    CheckpointRestore(BrokerState state, BrokerState replaced) {
        this.state = state;
        this.replaced = replaced;
    }

    @Override
    public void onTime(long millis, List<ClockJump> jumps) {
        state.time().restore(millis, jumps);
    }

    @Override
    public void onSettings(ReplicatedSettings settings) {
        state.onSettings(settings);
    }

    @Override
    public void onSchedule(ScheduleState schedule) {
        state.schedules().restore(schedule, replaced == null ? null : replaced.schedules());
    }

    @Override
    public void onTopic(byte[] name, boolean filter, LogState log) {
        topic = state.subscriptions().stream(name, filter);
        if (topic.stored().isEmpty()) {
            restore(
                    topic.messages(),
                    log,
                    replaced == null
                            ? null
                            : replaced.subscriptions().existing(name, filter).messages());
        }
    }

    private static void restore(MessageLog log, LogState from, MessageLog replaced) {
        log.restore(from.lastSequence(), from.count(), from.bytes(), from.expiringThrough());
        if (replaced != null) {
            log.takeOver(replaced);
        }
    }

    @Override
    public void onSubscription(SubscriptionState from) {
        subscription = state.addStored(
                from.id(), topic, from.owner(), from.name(), from.endsWithConnection(), from.nextSequence());
        if (from.letters() != null) {
            restore(
                    subscription.messages(),
                    from.letters(),
                    replaced == null
                            ? null
                            : replaced.subscriptions().stored(from.id()).messages());
        }
        subscription.cursor().restore(from.nextSequence(), from.passedCount(), from.passedBytes());
        for (int i = 0; i < from.settledAhead().length; i++) {
            subscription.cursor().settleAhead(from.settledAhead()[i], from.settledLengths()[i]);
        }
        subscription.life().restoreDetached(from.detachedMillis());
    }

    @Override
    public void onDelivery(DeliveryState from) {
        StoredMessage message = new StoredMessage();
        byte[] key = from.redriven()
                ? MessageKeys.ofRedriven(subscription.id())
                : subscription.messages().key();
        message.at(key, from.redriven() ? null : topic.filter(), from.tag(), from.position());
        message.publishedMillis = from.publishedMillis();
        message.expiresMillis = from.expiresMillis();
        message.payloadOffset = from.payloadOffset();
        message.payloadLength = from.payloadLength();
        message.propertiesBytes = from.propertiesBytes();
        boolean waits = !from.delivered() && !from.redriven();
        Delivery delivery = waits ? Delivery.setAside(subscription, message) : new Delivery(subscription, message);
        delivery.attempts = from.attempts();
        delivery.delivered = from.delivered();
        delivery.restoredDueMillis = from.dueMillis();
        state.restoreUnsettled(delivery);
    }

    @Override
    public void onPublishId(PublishIdState from) {
        state.publishIds().restore(new PublishId(from.key(), from.sequence(), from.publishedMillis()));
    }

    @Override
    public void onLetter(LetterState letter) {
        StoredSubscription deadLetters = state.subscriptions().stored(letter.subscriptionId());
        StoredSubscription origin = state.subscriptions().stored(letter.originId());
        if (origin != null && deadLetters != null) {
            state.addLetter(
                    origin,
                    new RecentLetters.Letter(
                            deadLetters,
                            letter.tag(),
                            letter.originTag(),
                            letter.originRedriven(),
                            letter.payloadLength()));
        }
    }
}
