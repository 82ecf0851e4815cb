package io.blipmq.broker.simulation;

import io.blipmq.broker.AttachRequest;
import io.blipmq.broker.Outcome;
import io.blipmq.broker.SettleAction;
import io.blipmq.broker.SettleRequest;
import io.blipmq.broker.SettleResult;
import io.blipmq.broker.SubscribeResult;
import io.blipmq.broker.journal.OwnerId;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** What the {@link Model} expects of connections that are pushed to. Owned by the simulation's thread. */
final class PushModel {
    private static final long NOTHING = 0;
    private static final long REJECTED_LETTER_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Model model;
    /** What is being asked for just now. */
    private long deleting;

    private long purging;
    private long lastPurged;
    private long redriving;
    private int redriven;
    private boolean rejecting;
    /** Connections that were told of a takeover and have not been expected to be. */
    private int toldOfTakeover;

    /** Who was pushed something last. */
    private PushedClient writing;

    PushModel(Model model) {
        this.model = model;
    }

    // --- attach

    /** The subscription of this name, or null. */
    ModelSubscription named(OwnerId owner, String name) {
        for (ModelSubscription candidate : model.durable().values()) {
            if (!name.isEmpty() && candidate.owner.equals(owner) && candidate.name.equals(name)) {
                return candidate;
            }
        }
        return null;
    }

    /** @param result the broker's answer */
    void onAttached(PushedClient client, AttachRequest request, SubscribeResult result) {
        onAnyAttached(client, request, result);
        Check.that(toldOfTakeover == 0, () -> "a connection that should not have been taken over from was");
    }

    void onToldOfTakeover() {
        toldOfTakeover++;
    }

    private void expectTakenOver(PushedClient client, long id) {
        client.expectTakenOver(id);
        toldOfTakeover--;
    }

    private void onAnyAttached(PushedClient client, AttachRequest request, SubscribeResult result) {
        if (model.isShuttingDown()) {
            Check.that(result.outcome() == Outcome.SHUTTING_DOWN, () -> "ATTACH while shutting down gave " + result);
        } else if (request.qos() == 0 && request.group()) {
            onGroupAttached(client, request, result);
        } else if (request.qos() == 0) {
            if (result.isDone()) {
                ModelAttachment attachment = new ModelAttachment(client, request, model.options());
                model.passing.put(
                        result.subscriptionId(),
                        Passing.pushed(
                                Subscribed.of(request.topic(), request.filter()), attachment, new MemoryQueue(model)));
            }
        } else {
            onStoredAttached(client, request, result);
        }
    }

    /** At QoS 0. */
    private void onGroupAttached(PushedClient client, AttachRequest request, SubscribeResult result) {
        String topic = Subscribed.of(request.topic(), request.filter());
        String name = Texts.of(request.name());
        long id = result.subscriptionId();
        ModelSubscription durable = named(client.owner(), name);
        Passing existing = memoryGroup(client.owner(), name);
        boolean isMember = existing != null && existing.attachment(client) != null;
        if (isNameExpected(client.owner(), name)) {
            expect(Outcome.BUSY, result, name);
        } else if (durable != null && !durable.removing) {
            expect(Outcome.OTHER_QOS, result, name);
        } else if (existing == null) {
            Check.that(
                    result.isDone() || result.outcome() == Outcome.TOO_MANY_SUBSCRIPTIONS,
                    () -> "ATTACH to a group at QoS 0 gave " + result);
            if (result.isDone()) {
                Passing made = Passing.ofGroup(topic, client.owner(), name, new MemoryQueue(model));
                made.members().add(new ModelAttachment(client, request, model.options()));
                model.passing.put(id, made);
            }
        } else if (!existing.topic().equals(topic)) {
            expect(Outcome.OTHER_TOPIC, result, name);
        } else if (isMember && !request.takeOver()) {
            expect(Outcome.NAME_HELD, result, name);
        } else {
            Check.that(model.passing.get(id) == existing, () -> "ATTACH to '" + name + "' gave " + result);
            if (isMember) {
                expectTakenOver(client, id);
                existing.members().remove(existing.attachment(client));
            }
            existing.members().add(new ModelAttachment(client, request, model.options()));
        }
    }

    private Passing memoryGroup(OwnerId owner, String name) {
        return model.passing.values().stream()
                .filter(reader -> reader.isGroup(owner, name))
                .findFirst()
                .orElse(null);
    }

    private void onStoredAttached(PushedClient client, AttachRequest request, SubscribeResult result) {
        String topic = Subscribed.of(request.topic(), request.filter());
        String name = Texts.of(request.name());
        boolean letters = topic.startsWith(Model.DEAD_LETTERS);
        if (!letters && isNameExpected(client.owner(), name)) {
            expect(Outcome.BUSY, result, name);
            return;
        }
        if (!letters && !name.isEmpty() && memoryGroup(client.owner(), name) != null) {
            expect(Outcome.OTHER_QOS, result, name);
            return;
        }
        ModelSubscription existing = letters ? letters(client.owner(), topic) : named(client.owner(), name);
        if (existing == null || existing.removing) {
            onMade(client, request, letters ? "" : name, !letters && name.isEmpty(), result);
        } else if (!existing.topic.equals(topic)) {
            expect(Outcome.OTHER_TOPIC, result, name);
        } else if (isHeldAgainst(client, request, existing) && !request.takeOver()) {
            expect(Outcome.NAME_HELD, result, name);
        } else if (request.fromNew() && !letters) {
            onMade(client, request, name, false, result);
            if (result.isDone()) {
                existing.readers().forEach(reader -> expel(existing, reader));
                existing.removing = true;
            }
        } else {
            expect(Outcome.DONE, result, name);
            long id = result.subscriptionId();
            Check.that(id == existing.id, () -> "ATTACH to '" + name + "' gave " + id + " instead of " + existing.id);
            boolean joins = joins(request, existing);
            existing.readers().stream()
                    .filter(reader -> reader == client || !joins)
                    .forEach(reader -> expel(existing, reader));
            existing.attach(client);
            existing.hold(new ModelAttachment(client, request, model.options()), request.group());
        }
    }

    /** Whether the connection comes to be one member more. */
    private static boolean joins(AttachRequest request, ModelSubscription subscription) {
        return request.group() && !subscription.isHeldAlone();
    }

    private static boolean isHeldAgainst(PushedClient client, AttachRequest request, ModelSubscription subscription) {
        boolean replaces = request.fromNew() && !subscription.deadLetters;
        return joins(request, subscription) && !replaces
                ? subscription.attachment(client) != null
                : subscription.isAttached();
    }

    private boolean isNameExpected(OwnerId owner, String name) {
        return !name.isEmpty()
                && model.expected.values().stream()
                        .anyMatch(expectation -> expectation.owner.equals(owner)
                                && expectation.request != null
                                && Texts.of(expectation.request.name()).equals(name));
    }

    private ModelSubscription letters(OwnerId owner, String topic) {
        for (ModelSubscription candidate : model.durable().values()) {
            if (candidate.owner.equals(owner) && candidate.topic.equals(topic) && !candidate.removing) {
                return candidate;
            }
        }
        return null;
    }

    private static void expect(Outcome expected, SubscribeResult answer, String name) {
        Check.that(
                answer.outcome() == expected,
                () -> "ATTACH to '" + name + "' gave " + answer + " instead of " + expected);
    }

    private void onMade(
            PushedClient client, AttachRequest request, String name, boolean passing, SubscribeResult result) {
        Outcome outcome = result.outcome();
        if (outcome.isDone()) {
            long id = result.subscriptionId();
            String topic = Subscribed.of(request.topic(), request.filter());
            model.checkAppended(id, Command.subscribe(id, client.owner(), topic, name, passing));
            model.expected.put(id, new Model.Expected(client, topic, request));
        } else {
            Check.that(
                    outcome == Outcome.BUSY
                            || outcome == Outcome.DISK_FULL
                            || outcome == Outcome.TOO_MANY_SUBSCRIPTIONS,
                    () -> "ATTACH to '" + name + "' gave " + outcome);
        }
    }

    /** One that polls is not told. */
    private void expel(ModelSubscription subscription, SimulatedClient reader) {
        if (reader instanceof PushedClient pushed) {
            expectTakenOver(pushed, subscription.id);
        }
        subscription.release(reader);
    }

    /** The client's hold on a subscription, or null. */
    ModelAttachment attachment(PushedClient client, long id) {
        Passing reader = model.passing.get(id);
        ModelSubscription subscription = model.durable().get(id);
        if (reader != null) {
            return reader.attachment(client);
        }
        return subscription == null ? null : subscription.attachment(client);
    }

    /** @return whether the client holds the subscription by this request, which is answered now */
    boolean onAnswered(PushedClient client, long id, long number) {
        ModelAttachment attachment = attachment(client, id);
        boolean held = attachment != null && attachment.number == number;
        if (held) {
            attachment.answered = true;
        }
        return held;
    }

    void onCredit(PushedClient client, long id, long messages) {
        ModelAttachment attachment = attachment(client, id);
        if (attachment != null) {
            attachment.credit += messages;
            attachment.addBytes(PushedClient.bytesFor(messages));
        }
    }

    // --- leave

    boolean isDeleting(ModelSubscription subscription) {
        return subscription.id == deleting;
    }

    void beforeDetach(PushedClient client, long id, String name, boolean delete) {
        ModelSubscription subscription =
                id == 0 ? named(client.owner(), name) : model.durable().get(id);
        if (delete) {
            deleting = subscription == null ? NOTHING : subscription.id;
        } else if (attachment(client, id) != null && subscription != null) {
            subscription.release(client);
        }
    }

    void onDetached(PushedClient client, long id, Outcome outcome) {
        boolean done = outcome.isDone();
        model.passing.computeIfPresent(id, (key, reader) -> done && reader.leave(client) ? null : reader);
        ModelSubscription deleted = model.durable().get(deleting);
        if (deleted != null && done) {
            Check.that(deleted.removing, () -> deleted + " was deleted and is not removed");
            deleted.release(client);
        }
        deleting = NOTHING;
    }

    // --- deliveries

    /** A connection is about to be pushed something: what another one was pushed before is complete. */
    void writes(PushedClient client) {
        if (writing != null && writing != client) {
            writing.finish();
        }
        writing = client;
    }

    /** @param topic that the broker has named, or null */
    void onPushed(
            PushedClient client,
            long id,
            String topic,
            long tag,
            int attempt,
            long published,
            String properties,
            String payload) {
        ModelSubscription subscription = model.durable().get(id);
        checkPush(client, id, topic, payload);
        Check.that(subscription != null, () -> "a delivery at QoS 1 of " + id);
        model.onMessage(client, subscription, tag, payload, attempt);
        ModelMessage message = subscription.unsettled.get(tag);
        String own = message.ownProperties();
        if (message.redriven && Subscribed.isFilter(subscription.topic)) {
            own += LetterText.topic(model.topicOf(payload));
        }
        String expected = subscription.deadLetters ? message.letterProperties : own;
        Check.that(
                message.attempts == attempt
                        && (message.publishedMillis == published || model.hasClockJumped())
                        && properties.equals(expected),
                () -> message + " of " + subscription + " was pushed as attempt " + attempt + " at " + published
                        + " with " + properties + ", not " + expected);
    }

    void onPushedLive(PushedClient client, long id, String topic, List<String> payloads) {
        Passing reader = model.passing.get(id);
        for (String payload : payloads) {
            checkPush(client, id, topic, payload);
            if (reader == null) {
                model.durable().get(id).onLive(payload);
            } else {
                reader.live().onDelivered(payload);
            }
        }
    }

    private void checkPush(PushedClient client, long id, String topic, String payload) {
        String subscribed = subscribed(id);
        String expected = Subscribed.isFilter(subscribed) ? model.topicOf(payload) : null;
        Check.that(
                Objects.equals(topic, expected),
                () -> "a message of topic " + expected + " was pushed as of " + topic + " to " + subscribed);
        ModelAttachment attachment = attachment(client, id);
        Check.that(
                attachment != null && attachment.answered && !model.isShuttingDown() && !client.isDraining(),
                () -> client + " was pushed messages of " + id);
        attachment.onPushed(Texts.bytes(payload).length);
    }

    private String subscribed(long id) {
        Passing reader = model.passing.get(id);
        return reader == null ? model.durable().get(id).topic : reader.topic();
    }

    /** The broker has nothing more to push. */
    void checkNothingLeft() {
        for (ModelSubscription subscription : model.durable().values()) {
            if (subscription.attachments().stream().anyMatch(ModelAttachment::takes)) {
                subscription.onNothingToPush();
            }
        }
        for (Passing reader : model.passing.values()) {
            boolean takes = reader.members().stream().anyMatch(ModelAttachment::takes);
            Check.that(
                    !takes || reader.live().isEmpty(),
                    () -> "a QoS 0 message to " + reader.topic() + " was not pushed");
        }
    }

    // --- settle

    private ModelSubscription settleable(PushedClient client, long id) {
        ModelSubscription subscription = model.durable().get(id);
        boolean own = subscription != null
                && subscription.owner.equals(client.owner())
                && !subscription.removing
                && !model.isSealed();
        return own ? subscription : null;
    }

    /** Whether a message that moves to the dead letters just now does so because a client rejects it. */
    boolean isRejecting() {
        return rejecting;
    }

    /**
     * What a request is going to hit, if it is taken.
     *
     * @param tags in the order in which it hits them
     * @param unknown whether the tag that it names is not one of them
     * @param unsure whether a deadline is about to be met, so that nobody knows
     */
    record Targets(List<Long> tags, boolean unknown, boolean unsure) {}

    Targets targets(PushedClient client, long id, SettleAction action, boolean upTo, long tag, int attempt) {
        rejecting = action == SettleAction.REJECT;
        ModelSubscription subscription = settleable(client, id);
        if (subscription == null) {
            return new Targets(List.of(), true, false);
        }
        if (!upTo && action == SettleAction.ACK) {
            boolean held = model.held(subscription, tag) != null;
            return new Targets(held ? List.of(tag) : List.of(), !held, false);
        }
        ModelMessage given = subscription.unsettled.get(tag);
        if (given == null || !isGivenTo(client, subscription, given, attempt)) {
            boolean unsure = given != null && (isUnsure(subscription, given) || given.isExpired(model.nowMillis()));
            return new Targets(List.of(), true, unsure);
        }
        return upTo ? targetsUpTo(subscription, given) : oneTarget(subscription, action, given);
    }

    private static boolean isGivenTo(
            PushedClient client, ModelSubscription subscription, ModelMessage message, int attempt) {
        ModelAttachment attachment = subscription.attachment(client);
        boolean own = attachment != null && message.givenTo == attachment;
        return own && (attempt == SettleRequest.ANY_ATTEMPT || attempt == message.attempts);
    }

    private Targets oneTarget(ModelSubscription subscription, SettleAction action, ModelMessage message) {
        boolean late = message.state == ModelMessage.State.DUE || message.state == ModelMessage.State.DELAYED;
        boolean keepsLate = action == SettleAction.NACK || action == SettleAction.REJECT;
        boolean hit = message.isInHand() || late && keepsLate;
        return new Targets(hit ? List.of(message.tag) : List.of(), !hit, isUnsure(subscription, message));
    }

    private boolean isUnsure(ModelSubscription subscription, ModelMessage message) {
        boolean expired = message.isExpired(model.nowMillis());
        return message.unsure
                || message.isInHand() && (subscription.isPastDeadline(message, 0) || !message.isWritten())
                || expired && !message.isInHand();
    }

    private Targets targetsUpTo(ModelSubscription subscription, ModelMessage given) {
        List<ModelMessage> targets = subscription.unsettled.values().stream()
                .filter(message -> message.isInHand() && message.attachment == given.givenTo)
                .filter(message -> message.pushIndex <= given.pushIndex)
                .sorted(Comparator.comparingLong(message -> message.pushIndex))
                .toList();
        boolean unsure =
                isUnsure(subscription, given) || targets.stream().anyMatch(message -> isUnsure(subscription, message));
        List<Long> tags = targets.stream().map(message -> message.tag).toList();
        return new Targets(tags, !tags.contains(given.tag), unsure);
    }

    /** What is going to be recorded of an acknowledgement. */
    List<Model.Settled> recorded(long id, Targets targets) {
        return targets.tags.stream().map(tag -> model.recorded(id, tag)).toList();
    }

    /** Not while a deadline of what was not written is about to be met: nobody knows whether it has left before. */
    boolean mayWrite(PushedClient client) {
        return model.durable().values().stream()
                .noneMatch(subscription -> subscription.unsettled.values().stream()
                        .filter(message -> message.isInHand() && message.attachment.client == client)
                        .anyMatch(message -> !message.isWritten() && subscription.isPastDeadline(message, 0)));
    }

    /** A request that hits these is about to be handed over. */
    void beforeSettled(long id, SettleAction action, Targets targets) {
        ModelSubscription subscription = model.durable().get(id);
        for (long target : targets.tags) {
            if (action == SettleAction.ACK) {
                model.asking.add(model.recorded(id, target));
            } else {
                ModelMessage message = subscription.unsettled.get(target);
                message.mayMove = action == SettleAction.REJECT && !subscription.deadLetters
                        || action == SettleAction.NACK && message.isInHand() && subscription.isLast(message);
            }
        }
    }

    void onSettled(
            PushedClient client,
            long id,
            SettleAction action,
            long millis,
            long tag,
            Targets targets,
            SettleResult result) {
        rejecting = false;
        ModelSubscription subscription = settleable(client, id);
        if (subscription == null) {
            boolean refused = result.outcome() == (model.isSealed() ? Outcome.SHUTTING_DOWN : Outcome.UNKNOWN);
            Check.that(refused, () -> "SETTLE of " + id + " was taken");
        } else if (result.outcome() == Outcome.BUSY) {
            Check.that(
                    model.settlementsWait() && !model.unrecorded.isEmpty(),
                    () -> "SETTLE of " + subscription + " has to wait");
        } else {
            long[] unknown = targets.unknown ? new long[] {tag} : new long[0];
            Check.that(
                    result.settled() == targets.tags.size() && Arrays.equals(result.unknownTags(), unknown),
                    () -> action + " of " + tag + " in " + subscription + ": " + result.settled() + " settled and "
                            + Arrays.toString(result.unknownTags()) + " unknown, not " + targets + " "
                            + subscription.unsettled.get(tag));
            for (long target : targets.tags) {
                if (action == SettleAction.ACK) {
                    model.settle(subscription, target);
                } else {
                    onKept(subscription, action, TimeUnit.MILLISECONDS.toNanos(millis), target);
                }
            }
            model.unrecorded.addAll(model.asking);
        }
        model.asking.clear();
    }

    private void onKept(ModelSubscription subscription, SettleAction action, long nanos, long tag) {
        ModelMessage message = subscription.unsettled.get(tag);
        message.mayMove = false;
        switch (action) {
            case EXTEND -> {
                message.deadlineNanos = model.nowNanos() + nanos;
                message.firedNanos = 0;
            }
            case RELEASE -> {
                message.attempts--;
                message.state = ModelMessage.State.DUE;
                message.attachment = null;
            }
            case BEGIN -> message.begun = true;
            case REJECT -> {
                if (subscription.deadLetters) {
                    nack(subscription, message, REJECTED_LETTER_NANOS);
                } else {
                    message.rejected = true;
                    message.attachment = null;
                    message.awaitMove(model.nowNanos());
                }
            }
            case NACK -> nack(subscription, message, nanos);
            case ACK -> throw new IllegalArgumentException("an acknowledged delivery is not kept");
        }
    }

    private void nack(ModelSubscription subscription, ModelMessage message, long nanos) {
        long now = model.nowNanos();
        if (message.condemned || message.state == ModelMessage.State.MOVING) {
            message.awaitMove(now); // its move was journalled, or has found no room
        } else if (!message.isInHand()) {
            message.putOff(now, nanos);
        } else if (subscription.isLast(message)) {
            message.attachment = null;
            message.awaitMove(now);
        } else {
            message.attachment = null;
            message.state = ModelMessage.State.DUE;
            message.putOff(now, nanos);
        }
    }

    // --- dead letters

    void beforePurge(long id) {
        purging = id;
    }

    void onPurged() {
        purging = NOTHING;
    }

    void onPurgeAppended(ModelSubscription subscription, Command command) {
        ModelMessage letter = subscription.unsettled.get(command.tag());
        Check.that(
                subscription.id == purging && letter != null && letter.state != ModelMessage.State.MOVING,
                () -> "purged without a reason: " + letter + " of " + subscription);
        lastPurged = model.history().lastSequence();
    }

    /** The command that the last purge was. */
    long lastPurged() {
        return lastPurged;
    }

    void beforeRedrive(long id) {
        redriving = id;
        redriven = 0;
    }

    /**
     * @param outcome the broker's answer
     * @param count how many letters the whole request was about, when it is done
     * @param before how many it had been in earlier turns
     * @return how many it has been
     */
    int onRedriven(Outcome outcome, long count, int before) {
        int all = before + redriven;
        boolean right = outcome == Outcome.BUSY || (outcome.isDone() ? count == all : all == 0);
        Check.that(right, () -> outcome + ": " + count + " redriven, not " + all);
        redriving = NOTHING;
        return all;
    }

    void onRedriveAppended(Command command) {
        ModelSubscription letters = model.durable().get(command.letters());
        ModelSubscription target = model.durable().get(command.subscription());
        ModelMessage letter = letters.unsettled.get(command.tag());
        long own = letter == null ? 0 : Texts.ttlMillis(letter.properties);
        long ttl = own == 0 ? model.options().messageTtlMillis() : own;
        Check.that(
                letters.id == redriving
                        && letter != null
                        && letter.state != ModelMessage.State.MOVING
                        && letters.letters.get(command.tag()).origin() == command.subscription()
                        && target != null
                        && !target.removing
                        && command.expiresMillis() == (ttl == 0 ? 0 : model.nowMillis() + ttl),
                () -> "redriven without a reason: " + letter + " of " + letters + " to " + target);
        Check.that(target.isRoomFor(1), () -> letter + " comes back to " + target + ", which has too many unsettled");
        target.coming++;
        letter.state = ModelMessage.State.MOVING;
        letter.attachment = null;
        redriven++;
    }

    void applyRedrive(long sequence, Command command) {
        ModelSubscription target = model.durable().get(command.subscription());
        if (target != null) {
            target.coming = Math.max(0, target.coming - 1);
        }
        ModelSubscription letters = model.durable().get(command.letters());
        ModelMessage letter = letters == null ? null : letters.unsettled.get(command.tag());
        if (letter == null) {
            return;
        }
        model.settle(letters, command.tag());
        if (target != null) {
            ModelMessage copy = new ModelMessage(sequence, letter.payload, command.expiresMillis(), 0);
            copy.redriven = true;
            copy.properties = letter.properties;
            copy.publishedMillis = letter.publishedMillis;
            copy.state = ModelMessage.State.DUE;
            target.unsettled.put(sequence, copy);
        }
    }
}
