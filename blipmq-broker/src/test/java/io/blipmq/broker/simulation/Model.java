package io.blipmq.broker.simulation;

import io.blipmq.broker.AttachRequest;
import io.blipmq.broker.Broker;
import io.blipmq.broker.BrokerLimits;
import io.blipmq.broker.BrokerMetric;
import io.blipmq.broker.BrokerOptions;
import io.blipmq.broker.DeduplicationOptions;
import io.blipmq.broker.Outcome;
import io.blipmq.broker.SubscriptionInfo;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.journal.RemoveReason;
import io.blipmq.broker.journal.SettleReason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the broker promises, in the simplest form that can be compared with it. Owned by the simulation's thread.
 *
 * <p>It learns from the clients what they asked and were answered, and from the {@link JournalTap} what the broker made of
 * it: every command must have its reason, and every reason its command. State that is journalled follows from the
 * {@link History}; a start begins with what is left of that.
 */
final class Model implements JournalTap.Listener {
    static final String DEAD_LETTERS = "$dead-letter/";
    /** A dead letter or the expiry of a delivered message that found no room is tried again after this time. */
    private static final long AGAIN_NANOS = 1_000_000_000;

    private final BrokerOptions options;
    private final History history;
    private final int lettersOfSubscription;
    /** The last command that this node has only followed. */
    private final long followedThrough;
    /** Whether a step in the log's times is no step of a clock. */
    private final boolean manyClocks;

    private final DeduplicationOptions deduplication;
    private ModelPublishIds publishIds;
    private final Snapshots snapshots = new Snapshots();
    private final TreeMap<Long, ModelSubscription> durable = new TreeMap<>();
    final Map<Long, Passing> passing = new HashMap<>();
    final TreeMap<Long, Expected> expected = new TreeMap<>();
    private final PushModel pushes = new PushModel(this);
    private final ModelSchedule schedule = new ModelSchedule(this);
    /** Accepted acknowledgements whose record has not been appended. */
    final Set<Settled> unrecorded = new HashSet<>();
    /** Acknowledgements that are being handed over and have not been recorded. */
    final Set<Settled> asking = new HashSet<>();
    /** The topics of all messages, by payload. */
    private final Map<String, String> published = new HashMap<>();
    /** Every message that was ever delivered. */
    private final Map<Settled, String> deliveredEver = new HashMap<>();

    /** Subscriptions whose removal found no room in this turn. */
    private final Set<Long> removalsRefused = new HashSet<>();

    /** Messages whose time was over when this turn began. */
    private final List<Settled> outdated = new ArrayList<>();

    /** What the tick that is under way has to drop, and which subscriptions it has to remove. */
    private final List<Settled> outdatedInTick = new ArrayList<>();

    private final Map<Long, Long> endedInTick = new HashMap<>();
    /** Whether acknowledgements have waited for room since that tick began. */
    private boolean settlementsWaitedInTick;

    /** Whether the journal had no room for the last settlement: acknowledgements wait, and nothing expires. */
    private boolean settlementsWait;
    /** When that was last so. */
    private long settlementsWaitedNanos;

    /** When a move to the dead letters last found no room. */
    private long movesRefusedNanos = Long.MIN_VALUE / 2;

    private boolean replaying;
    private boolean shuttingDown;
    private boolean sealed;
    private long nowNanos;
    private long startNanos;
    private long startMillis;
    private boolean clockJumped;
    private long nowMillis;

    record Settled(long subscription, long tag) {}

    /** A subscription that is journalled and not stored. */
    static final class Expected {
        final OwnerId owner;
        final String topic;
        /** Null for a client that polls. */
        final AttachRequest request;

        private SimulatedClient client;

        Expected(SimulatedClient client, String topic, AttachRequest request) {
            this.owner = client.owner();
            this.topic = topic;
            this.client = client;
            this.request = request;
        }
    }

    Model(BrokerOptions options) {
        this.options = options;
        this.history = new History(List.of());
        this.deduplication = options.deduplication();
        this.publishIds = new ModelPublishIds(deduplication);
        this.lettersOfSubscription = options.inFlightMax();
        this.followedThrough = 0;
        this.manyClocks = false;
    }

    /**
     * For one of several nodes that keep a log together: each has a clock of its own, and settings of its own but for those
     * that all go by.
     *
     * @param past every command before this model begins
     */
    Model(
            BrokerOptions options,
            List<History.Entry> past,
            int lettersOfSubscription,
            DeduplicationOptions deduplication) {
        this.options = options;
        this.history = new History(past);
        past.stream()
                .map(History.Entry::command)
                .filter(command -> command.kind() == Command.Kind.PUBLISH)
                .forEach(command -> published.put(command.payload(), command.topic()));
        this.deduplication = deduplication;
        this.publishIds = new ModelPublishIds(deduplication);
        this.lettersOfSubscription = lettersOfSubscription;
        this.followedThrough = past.size();
        this.manyClocks = true;
    }

    long followedThrough() {
        return followedThrough;
    }

    /** How many dead letters a subscription remembers. */
    int lettersOfSubscription() {
        return lettersOfSubscription;
    }

    /** What a message was published to. */
    String topicOf(String payload) {
        return published.get(payload);
    }

    PushModel pushes() {
        return pushes;
    }

    ModelSchedule schedule() {
        return schedule;
    }

    boolean isShuttingDown() {
        return shuttingDown;
    }

    boolean isSealed() {
        return sealed;
    }

    BrokerOptions options() {
        return options;
    }

    Snapshots snapshots() {
        return snapshots;
    }

    History history() {
        return history;
    }

    long nowNanos() {
        return nowNanos;
    }

    long nowMillis() {
        return nowMillis;
    }

    boolean settlementsWait() {
        return settlementsWait;
    }

    /** Whether a subscription that holds so many deliveries must be given another one. */
    boolean mayHoldAnother(long held) {
        BrokerLimits limits = options.limits();
        long used = durable.values().stream()
                .mapToLong(ModelSubscription::memoryBytes)
                .sum();
        used += passing.values().stream()
                .mapToLong(reader -> limits.memorySubscriptionBytes()
                        + Subscribed.text(reader.topic()).length()
                        + reader.name().length())
                .sum();
        return held == 0 || held * limits.deliveryBytes() < options.stateBytesMax() - used;
    }

    /** Whether more dead letters are remembered than there is room for. */
    boolean isBeyondLetters() {
        long letters = durable.values().stream()
                .mapToLong(ModelSubscription::lettersMadeCount)
                .sum();
        return letters * options.limits().letterBytes() > options.stateBytesMax() / 16;
    }

    /** Whether times of what is stored were moved: a letter's copy of its message's time may have been, or not. */
    boolean hasClockJumped() {
        return clockJumped;
    }

    TreeMap<Long, ModelSubscription> durable() {
        return durable;
    }

    // --- starts and ends

    /**
     * A start has replayed these commands.
     *
     * @param restored what it has restored before, or null
     */
    void onRestart(
            Snapshots.Snapshot restored,
            List<Command> replayed,
            long required,
            long last,
            long newNowNanos,
            long newNowMillis) {
        long restoredSequence = restored == null ? 0 : restored.sequence();
        history.onRestart(restoredSequence, replayed, required, last);
        durable.clear();
        publishIds = restored == null
                ? new ModelPublishIds(deduplication)
                : restored.publishIds().copy();
        passing.clear();
        expected.clear();
        unrecorded.clear();
        asking.clear();
        settlementsWait = false;
        settlementsWaitedNanos = newNowNanos; // a checkpoint keeps until when one waits that had found no room
        shuttingDown = false;
        sealed = false;
        nowNanos = newNowNanos;
        startNanos = newNowNanos;
        startMillis = newNowMillis;
        nowMillis = newNowMillis;
        schedule.restore(restored == null ? List.of() : restored.scheduled());
        if (restored != null) {
            restored.subscriptions().forEach(subscription -> durable.put(subscription.id, subscription.copy()));
            durable.values().forEach(subscription -> subscription.forgetLetters(durable.keySet()));
        }
        long lastMillis = restored == null ? 0 : restored.millis();
        long movedMillis = 0;
        replaying = true;
        for (History.Entry entry : history.entriesBehind(restoredSequence)) {
            if (entry.command().millis() != 0) {
                movedMillis += moveTimes(entry.command().millis(), lastMillis);
                lastMillis = entry.command().millis();
            }
            apply(entry);
        }
        replaying = false;
        movedMillis += moveTimes(nowMillis, lastMillis);
        if (restored != null) {
            long believedNanos = (nowMillis - movedMillis - restored.millis()) * 1_000_000;
            long missedNanos = nowNanos - restored.nanos() - believedNanos;
            restored.subscriptions()
                    .forEach(subscription ->
                            durable.computeIfPresent(subscription.id, (id, found) -> found.miss(missedNanos)));
        }
        durable.values().forEach(ModelSubscription::onRestored);
    }

    /** The clock was set to what nobody believes: no time has passed then. */
    private long moveTimes(long millis, long lastMillis) {
        long passed = millis - lastMillis;
        if (!manyClocks
                && lastMillis != 0
                && (passed < -1_000 || passed > options.limits().downMillisMax())) {
            durable.values().forEach(subscription -> subscription.moveTimes(passed));
            publishIds.moveTimes(passed);
            clockJumped = true;
            return passed;
        }
        return 0;
    }

    /** From now on nothing is delivered or taken but acknowledgements. */
    void onShutdown() {
        shuttingDown = true;
    }

    /** From now on nothing is taken at all. */
    void onSealed() {
        sealed = true;
    }

    void onCleanEnd() {
        Check.that(
                unrecorded.isEmpty(), () -> "acknowledgements were not recorded before the clean end: " + unrecorded);
        Check.that(
                history.appliedSequence() == history.lastSequence(),
                () -> "the clean end applied up to " + history.appliedSequence() + " of " + history.lastSequence());
    }

    // --- turns

    void beginTurn(long newNowNanos) {
        settlementsWaitedInTick |= settlementsWait;
        nowNanos = newNowNanos;
        nowMillis = startMillis + (nowNanos - startNanos) / 1_000_000;
        if (settlementsWait) {
            settlementsWaitedNanos = nowNanos;
        }
        outdated.clear();
        durable.values().forEach(this::noteOutdated);
        durable.values().forEach(ModelSubscription::onTurn);
    }

    /**
     * What a tick in this turn has to drop. It stops at the first message that has not expired, among those that are due as
     * among those never delivered: since times were moved, an older one may expire later than a newer one.
     */
    private void noteOutdated(ModelSubscription subscription) {
        boolean again = nowNanos - settlementsWaitedNanos < AGAIN_NANOS + ModelSubscription.TICK_NANOS;
        boolean newStopped = false;
        boolean dueStopped = again;
        for (ModelMessage message : subscription.unsettled.values()) {
            if (!message.isExpired(nowMillis)) {
                newStopped |= message.isNew();
                dueStopped |= !message.isNew();
            } else if (message.isNew() ? !newStopped : message.state == ModelMessage.State.DUE && !dueStopped) {
                outdated.add(new Settled(subscription.id, message.tag));
            }
        }
    }

    /** The deadlines of this turn have been met. */
    void checkMoves() {
        for (ModelSubscription subscription : durable.values()) {
            for (ModelMessage message : subscription.unsettled.values()) {
                boolean overdue = subscription.isFinalForSure(message)
                        && subscription.isPastDeadline(message, ModelSubscription.TICK_NANOS)
                        && !message.isExpired(nowMillis)
                        && !subscription.removing
                        && !(message.moveWaits && nowNanos - movesRefusedNanos < 2 * AGAIN_NANOS);
                Check.that(!overdue, () -> message + " of " + subscription + " did not move to the dead letters");
            }
        }
    }

    void checkFigures(Broker broker) {
        long most = durable.values().stream()
                .mapToLong(ModelSubscription::deliveredMost)
                .sum();
        long least = durable.values().stream()
                .mapToLong(ModelSubscription::deliveredLeast)
                .sum();
        long inFlight = broker.counters().published(BrokerMetric.IN_FLIGHT);
        Check.that(
                least <= inFlight && inFlight <= most,
                () -> "in flight: " + inFlight + ", expected " + least + " to " + most);
        long held = durable.values().stream()
                .mapToLong(ModelSubscription::heldLeast)
                .sum();
        Check.that(
                (held - durable.size()) * options.limits().deliveryBytes() <= options.stateBytesMax(),
                () -> held + " deliveries are held, more than there is memory for");
        checkCount(broker, BrokerMetric.SUBSCRIPTIONS, durable.size() + passing.size());
        checkCount(
                broker,
                BrokerMetric.SUBSCRIPTIONS_DETACHED,
                durable.values().stream()
                        .filter(subscription -> !subscription.isAttached())
                        .count());
        checkCount(
                broker,
                BrokerMetric.TOPICS,
                topics().distinct().filter(topic -> !Subscribed.isFilter(topic)).count());
        checkCount(
                broker,
                BrokerMetric.FILTERS,
                topics().distinct().filter(Subscribed::isFilter).count());
        checkCount(broker, BrokerMetric.SCHEDULED, schedule.count());
    }

    /**
     * What is told of subscriptions is exact: the bytes always, the messages of detached ones unless something has expired
     * that nobody has asked for.
     */
    void checkBacklogs(Broker broker) {
        for (SubscriptionInfo info : broker.subscriptions(Integer.MAX_VALUE)) {
            ModelSubscription subscription = durable.get(info.id());
            if (subscription != null) {
                Check.that(
                        info.backlogBytes() == subscription.backlogBytes(),
                        () -> subscription + " holds " + subscription.backlogBytes() + " bytes, said is "
                                + info.backlogBytes());
            }
            if (subscription != null && !subscription.isAttached() && !subscription.isBacklogUnsure()) {
                Check.that(
                        info.backlog() == subscription.backlog(),
                        () -> subscription + " has a backlog of " + subscription.backlog() + ", said is "
                                + info.backlog());
            }
        }
    }

    private static void checkCount(Broker broker, BrokerMetric metric, long expected) {
        long found = broker.counters().published(metric);
        Check.that(found == expected, () -> metric + ": " + found + ", expected " + expected);
    }

    /** Of all subscriptions, stored or not. */
    Stream<String> topics() {
        return Stream.of(
                        durable.values().stream().map(subscription -> subscription.topic),
                        passing.values().stream().map(Passing::topic),
                        expected.values().stream().map(expectation -> expectation.topic))
                .flatMap(topics -> topics);
    }

    /** Whether a subscription is for the topic, stored or not. */
    boolean isRead(String topic) {
        return topics().anyMatch(subscribed -> Subscribed.reads(subscribed, topic));
    }

    /** A maintenance tick begins its work with this turn. */
    void beginTick() {
        removalsRefused.clear();
        settlementsWaitedInTick = settlementsWait;
        outdatedInTick.clear();
        outdatedInTick.addAll(outdated);
        endedInTick.clear();
        durable.values().stream()
                .filter(this::isEnded)
                .forEach(subscription -> endedInTick.put(subscription.id, subscription.detachedNanos));
    }

    private boolean isEnded(ModelSubscription subscription) {
        return !subscription.isAttached()
                && !subscription.deadLetters
                && !subscription.removing
                && (subscription.passing && nowNanos > subscription.detachedNanos
                        || nowNanos - startNanos >= options.limits().startGraceNanos()
                                && detachedForNanos(subscription) - ModelSubscription.MILLI_NANOS
                                        >= options.subscriptionExpiryNanos());
    }

    private long detachedForNanos(ModelSubscription subscription) {
        return nowNanos - subscription.detachedNanos;
    }

    /** A maintenance tick has done its work: nothing waits that nobody wanted when it began. */
    void checkTick() {
        for (ModelSubscription subscription : durable.values()) {
            Check.that(
                    !Objects.equals(endedInTick.get(subscription.id), subscription.detachedNanos)
                            || !isEnded(subscription)
                            || settlementsWaitedInTick
                            || removalsRefused.contains(subscription.id),
                    () -> subscription + " should have expired");
        }
        for (Settled message : settlementsWaitedInTick ? Set.<Settled>of() : outdatedInTick) {
            ModelSubscription subscription = durable.get(message.subscription);
            ModelMessage kept = subscription == null ? null : subscription.unsettled.get(message.tag);
            boolean taken = kept != null
                    && kept.state != ModelMessage.State.NEW
                    && kept.state != ModelMessage.State.DUE; // meanwhile
            Check.that(
                    kept == null || taken || subscription.removing, // what is delayed then ends with it
                    () -> subscription.unsettled.get(message.tag) + " of " + subscription + " has expired and is kept");
        }
    }

    // --- what clients asked and were answered

    /** @param sequence the broker's answer, not a refusal */
    void onPublished(int qos, String topic, String payload, long sequence) {
        onPublished(qos, topic, "", payload, sequence);
    }

    void onPublished(int qos, String topic, String properties, String payload, long sequence) {
        if (qos == 0) {
            published.put(payload, topic);
            passing.values().stream()
                    .filter(reader -> Subscribed.reads(reader.topic(), topic))
                    .forEach(reader -> reader.live().add(payload, 0, nowMillis));
            durable.values().stream()
                    .filter(reader -> Subscribed.reads(reader.topic, topic))
                    .forEach(reader -> reader.arriveLive(payload));
        } else if (sequence == 0) {
            Check.that(!isRead(topic), () -> "a message to " + topic + " was not journalled");
        } else {
            long expires = options.messageTtlMillis() == 0 ? 0 : nowMillis + options.messageTtlMillis();
            checkAppended(sequence, Command.publish(sequence, topic, properties, payload, nowMillis, expires));
        }
    }

    /**
     * The message that one published now is a duplicate of; 0: there is none.
     *
     * @param before the message's own number, if it has one
     */
    long firstOf(ModelPublishIds.Key publishId, long before) {
        List<History.Entry> notApplied = history.entriesBehind(history.appliedSequence()).stream()
                .filter(entry -> entry.sequence() < before)
                .toList();
        return publishIds.firstOf(publishId, nowMillis, notApplied);
    }

    void checkAppended(long sequence, Command command) {
        History.Entry last = history.entries().get(history.entries().size() - 1);
        Check.that(
                last.sequence() == sequence && last.command().equals(command),
                () -> "expected " + command + ", appended " + last);
    }

    /** @param id the broker's answer, maybe a refusal */
    void onSubscribed(SimulatedClient client, int qos, String topic, long id) {
        if (qos == 0) {
            if (id > 0) {
                passing.put(id, Passing.polled(topic, client, new MemoryQueue(this)));
            }
            return;
        }
        long resumable = shuttingDown ? 0 : resumable(client.owner(), topic);
        if (resumable != 0) {
            Check.that(id == resumable, () -> "SUBSCRIBE to " + topic + " gave " + id + " instead of " + resumable);
            resume(client, resumable);
        } else if (id > 0) {
            checkAppended(id, Command.subscribe(id, client.owner(), topic, "", false));
            expected.put(id, new Expected(client, topic, null));
        }
    }

    private long resumable(OwnerId owner, String topic) {
        for (ModelSubscription candidate : durable.values()) {
            boolean free = candidate.deadLetters || !candidate.isAttached() && candidate.isForPolling();
            if (free && !candidate.removing && candidate.owner.equals(owner) && candidate.topic.equals(topic)) {
                return candidate.id;
            }
        }
        for (Map.Entry<Long, Expected> entry : expected.entrySet()) {
            Expected candidate = entry.getValue();
            if (candidate.client == null
                    && candidate.request == null
                    && candidate.owner.equals(owner)
                    && candidate.topic.equals(topic)) {
                return entry.getKey();
            }
        }
        return 0;
    }

    private void resume(SimulatedClient client, long id) {
        ModelSubscription subscription = durable.get(id);
        if (subscription == null) {
            expected.get(id).client = client;
        } else {
            subscription.attach(client);
        }
    }

    /** An answered SUBSCRIBE has taken effect. */
    void onSubscribeAnswered(SimulatedClient client, String topic, long id) {
        ModelSubscription subscription = durable.get(id);
        Check.that(
                subscription != null && subscription.topic.equals(topic) && subscription.owner.equals(client.owner()),
                () -> "SUBSCRIBE to " + topic + " was answered with " + id + ", which is " + subscription);
    }

    void onDisconnected(SimulatedClient client) {
        passing.values().removeIf(reader -> reader.leave(client));
        durable.values().stream()
                .filter(ModelSubscription::isAttached)
                .forEach(subscription -> subscription.release(client));
        expected.values().stream()
                .filter(expectation -> expectation.client == client)
                .forEach(expectation -> expectation.client = null);
    }

    /** @param received what a POLL brought, null for nothing */
    void onPolled(SimulatedClient client, long id, Received received) {
        Passing reader = passing.get(id);
        ModelSubscription subscription = durable.get(id);
        if (shuttingDown) {
            Check.that(received == null, () -> "delivered while shutting down: " + received);
        } else if (reader != null && reader.client() == client) {
            onPolled(reader, received);
        } else if (subscription != null
                && subscription.owner.equals(client.owner())
                && !subscription.removing
                && subscription.isForPolling()) {
            if (!subscription.isReadBy(client)) {
                subscription.attach(client);
            }
            onPolled(client, subscription, received);
        } else {
            Check.that(received == null, () -> "POLL of " + id + ", not the client's, brought " + received);
        }
    }

    private static void onPolled(Passing reader, Received received) {
        if (received == null) {
            Check.that(reader.live().isEmpty(), () -> "a QoS 0 message to " + reader.topic() + " was not delivered");
        } else {
            Check.that(
                    received.qos() == 0 && received.topic().equals(reader.topic()), () -> "not asked for: " + received);
            reader.live().onDelivered(received.payload());
        }
    }

    private void onPolled(SimulatedClient client, ModelSubscription subscription, Received received) {
        if (received == null) {
            subscription.onNothing();
            return;
        }
        Check.that(received.topic().equals(subscription.topic), () -> subscription + " delivered " + received);
        if (received.qos() == 0) {
            subscription.onLive(received.payload());
        } else {
            onMessage(client, subscription, received.tag(), received.payload(), 0);
        }
    }

    void onMessage(SimulatedClient client, ModelSubscription subscription, long tag, String payload, int attempt) {
        subscription.onMessage(client, subscription.attachment(client), tag, payload, attempt);
        String before = deliveredEver.put(new Settled(subscription.id, tag), payload);
        Check.that(
                before == null || before.equals(payload),
                () -> subscription + " used tag " + tag + " for two messages");
    }

    /** An ACK is about to be handed over. */
    void beforeAcknowledged(long id, long tag) {
        asking.add(recorded(id, tag));
    }

    /** @param outcome the broker's answer */
    void onAcknowledged(SimulatedClient client, long id, long tag, Outcome outcome) {
        ModelSubscription subscription = durable.get(id);
        boolean own =
                subscription != null && subscription.owner.equals(client.owner()) && !subscription.removing && !sealed;
        ModelMessage message = own ? held(subscription, tag) : null;
        if (outcome.isDone()) {
            Check.that(message != null, () -> "ACK of " + tag + " in " + id + " was accepted");
            settle(subscription, tag);
            unrecorded.addAll(asking);
        } else if (outcome == Outcome.BUSY) {
            Check.that(
                    message != null && settlementsWait && !unrecorded.isEmpty(),
                    () -> "ACK of " + message + " in " + subscription + " has to wait");
        } else {
            Check.that(
                    message == null || message.isExpired(nowMillis),
                    () -> "ACK of " + message + " in " + subscription + " was refused");
        }
        asking.clear();
    }

    /** What is going to be recorded as settled when this delivery is: a dead letter settles under its own tag. */
    Settled recorded(long id, long tag) {
        ModelSubscription subscription = durable.get(id);
        ModelSubscription.Letter letter = subscription == null ? null : subscription.letterMade(tag);
        return letter == null ? new Settled(id, tag) : new Settled(letter.target(), letter.tag());
    }

    /** The delivery with this tag, or the dead letter that it has become. */
    ModelMessage held(ModelSubscription subscription, long tag) {
        ModelMessage message = subscription.unsettled.get(tag);
        ModelSubscription.Letter letter = subscription.letterMade(tag);
        if (letter != null) {
            ModelMessage moved = durable.get(letter.target()).unsettled.get(letter.tag());
            return moved.state == ModelMessage.State.MOVING ? null : moved;
        }
        boolean goesBack = subscription.deadLetters && message != null && message.state == ModelMessage.State.MOVING;
        return message != null && message.isDelivered() && !goesBack ? message : null;
    }

    /** An answer says that these settlements are stored. */
    void checkStored(List<Settled> settlements) {
        for (Settled settled : settlements) {
            boolean stored = history.entries().stream()
                    .filter(entry -> entry.sequence() <= history.appliedSequence())
                    .map(History.Entry::command)
                    .anyMatch(command -> command.kind() == Command.Kind.SETTLE
                            && command.subscription() == settled.subscription
                            && command.tag() == settled.tag);
            Check.that(stored, () -> settled + " is said to be stored as settled and is not");
        }
    }

    // --- what the broker made of it

    @Override
    public void onAppended(long sequence, Command command) {
        history.onAppended(sequence, command);
        ModelSubscription subscription = durable.get(command.subscription());
        switch (command.kind()) {
            case SETTLE -> onSettleAppended(subscription, command);
            case DEAD_LETTER -> onMoveAppended(subscription, command);
            case REMOVE -> onRemoveAppended(subscription, command);
            case REDRIVE -> pushes.onRedriveAppended(command);
            case SCHEDULE -> schedule.onScheduleAppended(command);
            case DUE -> schedule.onDueAppended(command);
            case UNSCHEDULE -> schedule.onUnscheduleAppended(command);
            case PUBLISH, SUBSCRIBE, SETTINGS, CLOCK -> {}
        }
    }

    private void onSettleAppended(ModelSubscription subscription, Command command) {
        settlementsWait = false;
        if (command.code() == SettleReason.ACKNOWLEDGED.ordinal()) {
            Settled settled = new Settled(command.subscription(), command.tag());
            Check.that(asking.remove(settled) || unrecorded.remove(settled), () -> "nobody acknowledged: " + command);
        } else if (command.code() == SettleReason.PURGED.ordinal()) {
            pushes.onPurgeAppended(subscription, command);
            settle(subscription, command.tag());
        } else if (subscription != null) {
            ModelMessage message = subscription.unsettled.get(command.tag());
            boolean letterReason = command.code() == SettleReason.DEAD_LETTER_EXPIRED.ordinal();
            Check.that(
                    message != null
                            && message.isExpired(nowMillis)
                            && letterReason == subscription.deadLetters
                            && unrecorded.isEmpty(),
                    () -> "not expired: " + message + " of " + subscription);
            settle(subscription, command.tag());
        }
    }

    private void onMoveAppended(ModelSubscription subscription, Command command) {
        ModelMessage message = subscription.unsettled.get(command.tag());
        boolean isDue = message != null
                && (message.mayMove
                        || message.moveWaits
                        || subscription.isFinal(message)
                                && subscription.isPastDeadline(message, 0)
                                && !message.isExpired(nowMillis));
        boolean usedUp = isDue
                && command.code() == message.attempts
                && command.expiresMillis() == nowMillis + options.deadLetterRetentionMillis();
        Check.that(usedUp, () -> message + " of " + subscription + " has not used up its deliveries: " + command);
        boolean rejected = message.rejected || pushes.isRejecting();
        String topic = Subscribed.isFilter(subscription.topic) ? topicOf(message.payload) : null;
        String expected = LetterText.of(subscription.id, message, rejected, nowMillis, topic);
        Check.that(command.text().equals(expected), () -> "the letter of " + message + " says " + command.text());
        message.state = ModelMessage.State.MOVING;
        message.attachment = null;
        message.unsure = false;
    }

    private void onRemoveAppended(ModelSubscription subscription, Command command) {
        boolean expired =
                detachedForNanos(subscription) + ModelSubscription.MILLI_NANOS >= options.subscriptionExpiryNanos()
                        && nowNanos - startNanos >= options.limits().startGraceNanos();
        boolean overgrown = subscription.backlogBytes() > options.detachedBacklogBytesMax();
        boolean alone = !subscription.isAttached() && !subscription.deadLetters;
        boolean due = switch (RemoveReason.values()[command.code()]) {
            case EXPIRED -> expired && alone && !subscription.passing;
            case BACKLOG_TOO_LARGE -> overgrown && alone && !subscription.passing;
            case CONNECTION_ENDED -> alone && subscription.passing;
            case DELETED -> pushes.isDeleting(subscription);
            case DROPPED -> false;
        };
        Check.that(due && !subscription.removing, () -> subscription + " is removed without a reason: " + command);
        subscription.removing = true;
    }

    @Override
    public void onRefused(Command command) {
        if (command.kind() == Command.Kind.SETTLE) {
            settlementsWait = true;
            settlementsWaitedInTick = true;
            settlementsWaitedNanos = nowNanos;
        } else if (command.kind() == Command.Kind.DEAD_LETTER) {
            ModelMessage message = durable.get(command.subscription()).unsettled.get(command.tag());
            message.state = ModelMessage.State.IN_FLIGHT;
            message.deadlineNanos = nowNanos + AGAIN_NANOS;
            message.condemned = true;
            message.attachment = null;
            message.unsure = false;
            movesRefusedNanos = nowNanos;
        } else if (command.kind() == Command.Kind.REMOVE) {
            removalsRefused.add(command.subscription());
        }
    }

    @Override
    public void onApplied(Command command) {
        Command appended = history.onApplied(command);
        apply(new History.Entry(history.appliedSequence(), appended));
    }

    @Override
    public void onCheckpointBegun(long sequence) {
        Check.that(
                sequence == history.appliedSequence(),
                () -> "a checkpoint of " + sequence + ", applied is " + history.appliedSequence());
        List<ModelSubscription> subscriptions =
                durable.values().stream().map(ModelSubscription::kept).toList();
        snapshots.begin(sequence, nowNanos, nowMillis, subscriptions, publishIds.copy(), schedule.kept());
    }

    @Override
    public void onCheckpoint(ByteBuffer state) {
        snapshots.end(state);
    }

    // --- what a command does

    private void apply(History.Entry entry) {
        Command command = entry.command();
        ModelSubscription subscription = durable.get(command.subscription());
        switch (command.kind()) {
            case PUBLISH -> {
                applyPublish(command);
                if (command.publishId() != null) {
                    publishIds.apply(entry.sequence(), command);
                }
            }
            case SCHEDULE -> schedule.applySchedule(command);
            case DUE -> applyDue(command);
            case UNSCHEDULE -> schedule.applyEnd(command);
            case SUBSCRIBE -> {
                ModelSubscription replaced = pushes.named(command.owner(), command.text());
                create(entry.sequence(), command.owner(), command.topic(), command.text(), command.flag());
                if (replaced != null) {
                    remove(replaced.id);
                }
            }
            case SETTLE -> {
                if (subscription != null) {
                    settle(subscription, command.tag());
                }
            }
            case DEAD_LETTER -> {
                if (subscription != null) {
                    move(subscription, command);
                }
            }
            case REDRIVE -> pushes.applyRedrive(entry.sequence(), command);
            case REMOVE -> remove(command.subscription());
            case SETTINGS, CLOCK -> {}
        }
    }

    private void remove(long id) {
        durable.remove(id);
        durable.values().forEach(subscription -> subscription.forgetLetters(durable.keySet()));
    }

    private void applyDue(Command command) {
        ModelSchedule.Scheduled message = schedule.applyEnd(command);
        applyPublish(Command.publish(
                command.sequence(),
                message.topic(),
                message.properties(),
                message.payload(),
                command.millis(),
                command.expiresMillis()));
    }

    private void applyPublish(Command command) {
        published.put(command.payload(), command.topic());
        for (ModelSubscription subscription : durable.values()) {
            if (Subscribed.reads(subscription.topic, command.topic())) {
                ModelMessage message =
                        subscription.arrive(command.sequence(), command.payload(), command.expiresMillis());
                message.properties = command.text();
                message.publishedMillis = command.millis();
            }
        }
        for (Passing reader : passing.values()) {
            if (Subscribed.reads(reader.topic(), command.topic())) {
                reader.live().add(command.payload(), 0, command.millis());
            }
        }
    }

    private ModelSubscription create(long id, OwnerId owner, String topic, String name, boolean passing) {
        Check.that(
                !topic.startsWith(DEAD_LETTERS) || letters(owner, topic) == null,
                () -> "a second dead-letter subscription to " + topic);
        ModelSubscription subscription = new ModelSubscription(this, id, topic, owner, name, passing);
        durable.put(id, subscription);
        Expected asked = expected.remove(id);
        if (asked != null && asked.client != null) {
            subscription.attach(asked.client);
            if (asked.request != null) {
                subscription.hold(
                        new ModelAttachment((PushedClient) asked.client, asked.request, options),
                        asked.request.group());
            }
        }
        return subscription;
    }

    private void move(ModelSubscription origin, Command command) {
        String topic = DEAD_LETTERS + Subscribed.text(origin.topic);
        ModelSubscription found = letters(origin.owner, topic);
        ModelSubscription target = found == null ? create(command.sequence(), origin.owner, topic, "", false) : found;
        ModelMessage failed = origin.unsettled.remove(command.tag());
        ModelSubscription.Letter letter =
                new ModelSubscription.Letter(origin.id, command.tag(), target.id, command.sequence());
        if (failed != null) {
            ModelMessage arrived = target.arrive(command.sequence(), failed.payload, command.expiresMillis());
            arrived.properties = failed.properties;
            arrived.letterProperties = command.text();
            arrived.publishedMillis = failed.publishedMillis;
            target.letters.put(command.sequence(), letter);
        } else if (!replaying && !sealed) {
            // It was acknowledged meanwhile. Unless that is recorded of the letter, too, it may be back after a
            // restart.
            unrecorded.add(new Settled(target.id, command.sequence()));
        }
        if (failed != null || !replaying) {
            origin.onLetterMade(letter);
        }
    }

    private ModelSubscription letters(OwnerId owner, String topic) {
        for (ModelSubscription candidate : durable.values()) {
            if (candidate.owner.equals(owner) && candidate.topic.equals(topic)) {
                return candidate;
            }
        }
        return null;
    }

    void settle(ModelSubscription subscription, long tag) {
        subscription.unsettled.remove(tag);
        ModelSubscription.Letter made = subscription.letterMade(tag);
        if (made != null) {
            settle(durable.get(made.target()), made.tag());
        }
        subscription.letters.remove(tag);
    }
}
