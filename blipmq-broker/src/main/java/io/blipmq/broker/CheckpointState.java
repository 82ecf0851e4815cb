package io.blipmq.broker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The broker's state at one moment: what a start needs besides the commands behind it. Immutable: the core makes it, the
 * background thread writes it ({@link CheckpointCodec}) and asks it what is still wanted ({@link CheckpointLiveness}).
 */
record CheckpointState(List<TopicState> topics, List<LetterState> letters) {

    /** A topic with durable subscriptions. */
    record TopicState(byte[] name, LogState log, List<SubscriptionState> subscriptions) {}

    /** A {@link MessageLog}'s counts. */
    record LogState(long lastSequence, long count, long bytes) {
        static LogState of(MessageLog log) {
            return new LogState(log.lastSequence(), log.count(), log.bytes());
        }
    }

    /**
     * A durable subscription.
     *
     * @param letters its own log on a dead-letter topic, null on any other
     * @param settledAhead tags, sorted
     * @param settledLengths their messages' payload lengths; {@link CommandHandler#LENGTH_UNKNOWN} from an older release
     */
    record SubscriptionState(
            long id,
            OwnerId owner,
            byte[] name,
            boolean passing,
            long nextSequence,
            long passedCount,
            long passedBytes,
            LogState letters,
            List<DeliveryState> unsettled,
            long[] settledAhead,
            int[] settledLengths) {

        private static SubscriptionState of(DurableSubscription subscription) {
            MessageCursor cursor = subscription.cursor();
            List<DeliveryState> unsettled =
                    new ArrayList<>(subscription.unsettled().size());
            for (Delivery delivery : subscription.unsettled().values()) {
                unsettled.add(DeliveryState.of(delivery));
            }
            return new SubscriptionState(
                    subscription.id(),
                    subscription.owner(),
                    subscription.name(),
                    subscription.isPassing(),
                    cursor.nextSequence(),
                    cursor.passedCount(),
                    cursor.passedBytes(),
                    subscription.isDeadLetters() ? LogState.of(subscription.messages()) : null,
                    unsettled,
                    cursor.settledAhead().tags(),
                    cursor.settledAhead().lengths());
        }
    }

    /**
     * A delivery that was not settled.
     *
     * @param delivered whether a client may know its tag
     */
    record DeliveryState(
            long tag,
            long position,
            long publishedMillis,
            long expiresMillis,
            int payloadOffset,
            int payloadLength,
            int propertiesBytes,
            boolean redriven,
            boolean delivered,
            int attempts) {

        private static DeliveryState of(Delivery delivery) {
            StoredMessage message = delivery.message;
            return new DeliveryState(
                    message.sequence,
                    message.position,
                    message.publishedMillis,
                    message.expiresMillis,
                    message.payloadOffset,
                    message.payloadLength,
                    message.propertiesBytes,
                    delivery.isRedriven(),
                    delivery.delivered,
                    delivery.attemptsMade());
        }

        private Delivery restoreTo(DurableSubscription subscription) {
            StoredMessage message = new StoredMessage();
            byte[] key = redriven
                    ? MessageKeys.ofRedriven(subscription.id())
                    : subscription.messages().key();
            message.at(key, tag, position);
            message.publishedMillis = publishedMillis;
            message.expiresMillis = expiresMillis;
            message.payloadOffset = payloadOffset;
            message.payloadLength = payloadLength;
            message.propertiesBytes = propertiesBytes;
            Delivery delivery = new Delivery(subscription, message);
            delivery.attempts = attempts;
            delivery.delivered = delivered || attempts > 0;
            return delivery;
        }
    }

    /** Which message of which subscription a dead letter was; an older release kept this of all letters. */
    record LetterState(
            long subscriptionId, long tag, long originId, long originTag, boolean originRedriven, int payloadLength) {
        private static LetterState of(DurableSubscription subscription, RecentLetters.Letter letter) {
            return new LetterState(
                    letter.deadLetters().id(),
                    letter.tag(),
                    subscription.id(),
                    letter.originTag(),
                    letter.originRedriven(),
                    letter.payloadLength());
        }
    }

    static CheckpointState of(BrokerState state) {
        List<TopicState> topics = new ArrayList<>();
        List<LetterState> letters = new ArrayList<>();
        state.topics().forEach(topic -> {
            if (!topic.durable().isEmpty()) {
                topics.add(of(topic));
            }
        });
        for (DurableSubscription subscription : state.durableSubscriptions()) {
            for (RecentLetters.Letter letter : subscription.recentLetters().waiting()) {
                letters.add(LetterState.of(subscription, letter));
            }
        }
        return new CheckpointState(topics, letters);
    }

    private static TopicState of(Topic topic) {
        List<SubscriptionState> subscriptions = new ArrayList<>(topic.durable().size());
        for (DurableSubscription subscription : topic.durable()) {
            subscriptions.add(SubscriptionState.of(subscription));
        }
        return new TopicState(topic.name(), LogState.of(topic.messages()), subscriptions);
    }

    /** Puts everything back into a state that holds nothing yet. */
    void restoreTo(BrokerState state) {
        for (TopicState topicState : topics) {
            Topic topic = state.topic(topicState.name);
            restore(topic.messages(), topicState.log);
            for (SubscriptionState subscriptionState : topicState.subscriptions) {
                restore(subscriptionState, topic, state);
            }
        }
        letters.stream().sorted(Comparator.comparingLong(LetterState::tag)).forEach(letter -> restore(letter, state));
    }

    private static void restore(MessageLog log, LogState logState) {
        log.restore(logState.lastSequence, logState.count, logState.bytes);
    }

    private static void restore(SubscriptionState from, Topic topic, BrokerState state) {
        DurableSubscription subscription =
                state.addDurable(from.id, topic, from.owner, from.name, from.passing, from.nextSequence);
        if (from.letters != null) {
            restore(subscription.messages(), from.letters);
        }
        subscription.cursor().restore(from.nextSequence, from.passedCount, from.passedBytes);
        for (int i = 0; i < from.settledAhead.length; i++) {
            subscription.cursor().settleAhead(from.settledAhead[i], from.settledLengths[i]);
        }
        for (DeliveryState delivery : from.unsettled) {
            state.restoreUnsettled(delivery.restoreTo(subscription));
        }
    }

    private static void restore(LetterState letter, BrokerState state) {
        DurableSubscription deadLetters = state.durable(letter.subscriptionId);
        DurableSubscription origin = state.durable(letter.originId);
        if (origin != null && deadLetters != null) {
            state.addLetter(
                    origin,
                    new RecentLetters.Letter(
                            deadLetters, letter.tag, letter.originTag, letter.originRedriven, letter.payloadLength));
        }
    }
}
