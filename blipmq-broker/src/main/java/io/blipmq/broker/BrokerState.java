package io.blipmq.broker;

import io.blipmq.broker.backlog.PositionMemory;
import io.blipmq.broker.journal.CheckpointDecoder;
import io.blipmq.broker.journal.CommandHandler;
import io.blipmq.broker.journal.MessageStore;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.journal.PublishIdKey;
import io.blipmq.broker.journal.RemoveReason;
import io.blipmq.broker.journal.ReplicatedSettings;
import io.blipmq.broker.journal.SettleReason;
import io.blipmq.broker.journal.StoredMessage;
import io.blipmq.broker.journal.UnscheduleReason;
import io.blipmq.broker.memory.MemoryLog;
import io.blipmq.broker.memory.MessageMemory;
import io.blipmq.broker.message.MessageView;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Topics and subscriptions, and what the journal's commands do to them. Owned by the core thread.
 *
 * <p>Applying a command reads no clock, no random number and does no I/O, so replay after a restart builds the same
 * state: stored commands and replayed ones come in through the same methods.
 */
final class BrokerState implements CommandHandler {
    static final byte[] NO_NAME = {};

    private final BrokerCounters counters;
    private final PositionMemory positions;
    private final CheckpointCapture capture;
    private final WallTime time;
    private final SubscriptionTable subscriptions;
    private final PublishIds publishIds;

    private final WorkMeter work;
    private final StateMemory memory;
    private final FollowedCursors followed;
    private final Schedules schedules;

    private Listener listener = new Listener() {};
    private ReplicatedSettings settings;
    /** Whether {@link #settings} came by a command. */
    private boolean agreedSettings;
    /** Whether this node only applies what another one decides. */
    private boolean following;

    /** What the rest of the core does about a change. */
    interface Listener {
        /** A durable subscription exists now, without a connection. */
        default void onCreated(StoredSubscription subscription) {}

        /** A delivery left its subscription. */
        default void onSettled(Delivery delivery) {}

        /** A message was acknowledged while its move to the dead letters was on its way, so nobody wants its letter. */
        default void onLetterUnwanted(StoredSubscription deadLetters, long letterTag, int payloadLength) {}

        /** Messages have arrived. */
        default void onMessage(MessageStream stream) {}

        /** A message is to be published later. */
        default void onScheduled(long sequence, long position, long dueMillis) {}

        /** A scheduled message is published, or is not to be. */
        default void onUnscheduled(long number) {}

        /** Something is due in this subscription, or a letter has arrived. */
        default void onMessage(StoredSubscription subscription) {}
    }

    BrokerState(BrokerOptions options, BrokerCounters counters, WorkMeter work) {
        this.work = work;
        this.settings = settingsOf(options);
        this.followed = new FollowedCursors(options.limits(), options.inFlightMax());
        this.counters = counters;
        this.schedules = new Schedules(counters);
        MessageMemory messageMemory =
                new MessageMemory(options.memoryBytesMax(), options.limits().chunkSizes());
        LongConsumer onLost = messages -> counters.add(BrokerMetric.DROPPED_QUEUE_FULL, messages);
        MessageStream.NewLog newMemoryLog =
                ofSeveral -> new MemoryLog(messageMemory, options.memoryMessagesMax(), ofSeveral, onLost);
        this.memory = new StateMemory(options.stateBytesMax(), options.limits());
        this.time = new WallTime(options.limits());
        this.capture = new CheckpointCapture(this, options.limits());
        this.publishIds = new PublishIds(capture::before);
        this.time.onJump(publishIds::moveTimes);
        this.positions = new PositionMemory(
                options.positionsMax(),
                options.limits().pageEntriesMin(),
                options.limits().pageEntriesMax(),
                work::add,
                time::moveStored);
        this.subscriptions = new SubscriptionTable(
                counters, memory, positions, newMemoryLog, options.routesCached(), capture::before);
    }

    void listener(Listener newListener) {
        this.listener = newListener;
    }

    /** Lets what is too old to be kept in memory be found in the journal; before that everything is kept. */
    void messages(MessageStore messages) {
        positions.messages(messages);
    }

    // --- roles ---

    /** From now on this node applies what another one decides, until it leads. */
    void follow() {
        following = true;
        time.follow();
        positions.keepForRebuild();
    }

    /** From now on this node decides. */
    void lead() {
        following = false;
        followed.advance();
    }

    /** Once a turn: moves the cursors of what nobody reads here. */
    void advanceFollowed() {
        followed.advance();
    }

    /**
     * Takes over what another state holds of the journal, without what its node has done with it.
     *
     * @param from the state that this one replaces
     */
    void rebuild(BrokerState from) {
        CheckpointDecoder.decode(ReplicatedForm.write(from), new CheckpointRestore(this, from));
    }

    /** What a node brings along to the settings that all have to agree on. */
    static ReplicatedSettings settingsOf(BrokerOptions options) {
        DeduplicationOptions deduplication = options.deduplication();
        return new ReplicatedSettings(
                options.inFlightMax(),
                StateMemory.lettersMax(options.stateBytesMax(), options.limits()),
                deduplication.windowMillis(),
                deduplication.entriesMax(),
                deduplication.bytesMax());
    }

    ReplicatedSettings settings() {
        return settings;
    }

    boolean hasAgreedSettings() {
        return agreedSettings;
    }

    // --- commands ---

    @Override
    public void onCheckpoint(ByteBuffer content) {
        CheckpointDecoder.decode(content, new CheckpointRestore(this, null));
    }

    /** What was delivered before the start and is lost cannot be delivered again; when it is published again it is stored. */
    @Override
    public void onLost(long firstSequence, long lastSequence) {
        publishIds.forgetMessages(firstSequence, lastSequence);
        for (StoredSubscription subscription : subscriptions.storedBehind(0)) {
            List<Delivery> unsettled = List.copyOf(subscription.unsettled().values());
            for (Delivery delivery : unsettled) {
                if (firstSequence <= delivery.tag && delivery.tag <= lastSequence) {
                    settle(subscription, delivery.tag, false, delivery.message.payloadLength);
                }
            }
        }
    }

    @Override
    public void onPublish(long sequence, long position, MessageView message) {
        time.onClock(sequence, message.publishedMillis());
        publish(sequence, position, message);
    }

    private void publish(long sequence, long position, MessageView message) {
        Topic topic = subscriptions.topics().find(message);
        if (topic != null) {
            append(topic, sequence, position, message);
        }
        for (FilterStream stream : subscriptions.route(topic, message).streams()) {
            append(stream, sequence, position, message);
        }
    }

    private void append(MessageStream stream, long sequence, long position, MessageView message) {
        if (!stream.stored().isEmpty()) {
            capture.before(stream);
            stream.messages().append(sequence, position, message.payloadLength(), message.expiresMillis() != 0);
        }
        stream.appendStoredToMemory(message);
        listener.onMessage(stream);
    }

    /** The id is remembered whoever reads the topic: that differs from node to node. */
    @Override
    public void onPublishOnce(long sequence, long position, OwnerId owner, MessageView message) {
        onPublish(sequence, position, message);
        remember(sequence, owner, message);
    }

    private void remember(long sequence, OwnerId owner, MessageView message) {
        byte[] key = PublishIdKey.of(owner, message);
        publishIds.remember(new PublishId(key, sequence, message.publishedMillis()), settings);
    }

    @Override
    public void onSubscribe(
            long sequence, OwnerId owner, byte[] topic, boolean filter, byte[] name, boolean endsWithConnection) {
        StoredSubscription replaced = subscriptions.named(owner, name);
        addStored(sequence, subscriptions.stream(topic, filter), owner, name, endsWithConnection, sequence + 1);
        if (replaced != null) {
            remove(replaced);
        }
    }

    @Override
    public void onSettle(
            long subscriptionId, long deliveryTag, boolean redriven, int payloadLength, SettleReason reason) {
        StoredSubscription subscription = subscriptions.stored(subscriptionId);
        if (subscription != null) {
            settle(subscription, deliveryTag, redriven, payloadLength);
        }
    }

    @Override
    public void onDeadLetter(
            long sequence,
            long position,
            long subscriptionId,
            long deliveryTag,
            boolean redriven,
            int attempts,
            int payloadLength) {
        StoredSubscription origin = subscriptions.stored(subscriptionId);
        if (origin == null) {
            return;
        }
        Topic letterTopic = subscriptions.topic(origin.topic().deadLetterName());
        StoredSubscription target = letterTopic.stored().first(origin.owner(), any -> true, work);
        if (target == null) {
            target = addStored(sequence, letterTopic, origin.owner(), NO_NAME, false, sequence);
        }
        capture.before(target);
        target.messages().append(sequence, position, payloadLength, true);
        if (redriven ? origin.unsettled().contains(deliveryTag) : origin.isWaitingFor(deliveryTag)) {
            boolean acknowledged = origin.unsettled().isSettling(deliveryTag);
            settle(origin, deliveryTag, redriven, payloadLength);
            addLetter(origin, new RecentLetters.Letter(target, sequence, deliveryTag, redriven, payloadLength));
            if (acknowledged) {
                listener.onLetterUnwanted(target, sequence, payloadLength);
            } else {
                listener.onMessage(target);
            }
        } else {
            settle(target, sequence, false, payloadLength); // it was settled before, as a checkpoint says
        }
    }

    @Override
    public void onRedrive(StoredMessage copy, long subscriptionId, long deadLettersId, long letterTag) {
        StoredSubscription target = subscriptions.stored(subscriptionId);
        if (target != null) {
            target.countComingRedrives(-1);
        }
        StoredSubscription deadLetters = subscriptions.stored(deadLettersId);
        if (deadLetters == null || !deadLetters.isWaitingFor(letterTag)) {
            return;
        }
        settle(deadLetters, letterTag, false, copy.payloadLength);
        if (target != null) {
            Delivery delivery = new Delivery(target, copy);
            target.unsettled().put(delivery);
            dueAgain(delivery);
            listener.onMessage(target);
        }
    }

    /** Remembers what a message has become, for acknowledgements that come late. */
    void addLetter(StoredSubscription origin, RecentLetters.Letter letter) {
        capture.before(origin);
        origin.recentLetters().add(letter, settings);
    }

    @Override
    public void onSettings(ReplicatedSettings agreed) {
        settings = agreed;
        agreedSettings = true;
    }

    @Override
    public void onClock(long sequence, long millis) {
        time.onClock(sequence, millis);
    }

    @Override
    public void onSchedule(long sequence, long position, OwnerId owner, MessageView message, long dueMillis) {
        time.onClock(sequence, message.publishedMillis());
        schedules.schedule(sequence, position, dueMillis);
        if (message.hasPublishId()) {
            remember(sequence, owner, message);
        }
        listener.onScheduled(sequence, position, dueMillis);
    }

    @Override
    public void onDue(long sequence, long position, MessageView message, long number, long dueMillis) {
        time.onClock(sequence, message.publishedMillis());
        schedules.publish(number, dueMillis);
        listener.onUnscheduled(number);
        publish(sequence, position, message);
    }

    @Override
    public void onUnschedule(long number, long dueMillis, UnscheduleReason reason) {
        if (reason == UnscheduleReason.CANCELLED) {
            schedules.cancel(number, dueMillis);
        } else {
            schedules.publish(number, dueMillis);
        }
        listener.onUnscheduled(number);
    }

    @Override
    public void onRemove(long subscriptionId, RemoveReason reason) {
        StoredSubscription subscription = subscriptions.stored(subscriptionId);
        if (subscription != null) {
            remove(subscription);
        }
    }

    private void remove(StoredSubscription subscription) {
        capture.before(subscription);
        subscription.life().markGone();
        subscriptions.remove(subscription);
        subscription.unsettled().values().forEach(this::onSettled);
        subscription.unsettled().clear();
        subscription.recentLetters().clear();
        if (subscription.isDeadLetters()) {
            forgetLetters(subscription);
            subscription.messages().clear();
        }
        if (subscription.topic().stored().isEmpty()) {
            subscription.topic().messages().clear(); // a reader in memory may keep the topic, on this node alone
        }
        subscription.topic().trim();
        counters.add(BrokerMetric.SUBSCRIPTIONS_DETACHED, -1);
    }

    /** Nobody remembers what is gone: a node that restores the state does not either. */
    private void forgetLetters(StoredSubscription deadLetters) {
        for (MessageStream origin : subscriptions.origins(deadLetters.topic().name())) {
            for (StoredSubscription subscription : origin.stored()) {
                if (subscription.owner().equals(deadLetters.owner())) {
                    capture.before(subscription);
                    subscription.recentLetters().forget(deadLetters);
                }
            }
        }
    }

    /**
     * A message leaves a subscription, whether it was delivered or, at replay, is not to be. Settling what is settled
     * already does nothing.
     *
     * @param redriven whether it had come back from the dead letters, so that it does not stand in the topic's order
     */
    private void settle(StoredSubscription subscription, long deliveryTag, boolean redriven, int payloadLength) {
        Delivery delivery = subscription.unsettled().remove(deliveryTag);
        RecentLetters.Letter moved =
                delivery == null ? subscription.recentLetters().find(deliveryTag) : null;
        if (moved != null) {
            settle(moved.deadLetters(), moved.tag(), false, moved.payloadLength());
            return;
        }
        if (delivery != null) {
            onSettled(delivery);
        } else if (!redriven) {
            subscription.cursor().settleAhead(deliveryTag, payloadLength);
        }
        if (!redriven) {
            subscription.cursor().onSettled(deliveryTag);
        }
        if (following) {
            followed.onSettled(subscription);
        }
    }

    /** What is {@link Delivery.State#SETTLING} has left its client's hands before. */
    private void onSettled(Delivery delivery) {
        boolean known = delivery.is(Delivery.State.SETTLING);
        delivery.transitionTo(Delivery.State.SETTLED);
        if (!known) {
            listener.onSettled(delivery);
        }
    }

    // --- topics and subscriptions ---

    /** Once a turn: forgets positions that are needed no more. */
    void trim() {
        positions.trim();
        schedules.trim();
    }

    SubscriptionTable subscriptions() {
        return subscriptions;
    }

    /** Which publish ids name messages that are stored. */
    PublishIds publishIds() {
        return publishIds;
    }

    /** What is to be published later. */
    Schedules schedules() {
        return schedules;
    }

    /** What the time is, for what is stored. */
    WallTime time() {
        return time;
    }

    /** Takes checkpoints of all this. */
    CheckpointCapture capture() {
        return capture;
    }

    /** What was looked at and read so far. */
    WorkMeter work() {
        return work;
    }

    /**
     * A subscription is stored: one that this node has asked for, or another one.
     *
     * @param firstSequence its messages begin at or beyond this number
     */
    StoredSubscription addStored(
            long id, MessageStream topic, OwnerId owner, byte[] name, boolean endsWithConnection, long firstSequence) {
        StoredSubscription storing = subscriptions.storing(id);
        StoredSubscription subscription =
                storing == null ? subscriptions.make(id, topic, owner, name, endsWithConnection) : storing;
        subscriptions.store(subscription, firstSequence);
        counters.add(BrokerMetric.SUBSCRIPTIONS_DETACHED, 1);
        listener.onCreated(subscription);
        return subscription;
    }

    /** After a start: a delivery that had not been settled is due again; the attempt counts. */
    void restoreUnsettled(Delivery delivery) {
        delivery.subscription.unsettled().put(delivery);
        dueAgain(delivery);
    }

    /** Where nobody delivers, nothing is listed to be delivered: it would never be taken off the list. */
    private void dueAgain(Delivery delivery) {
        if (!following) {
            delivery.subscription.unsettled().dueAgain(delivery);
        }
    }
}
