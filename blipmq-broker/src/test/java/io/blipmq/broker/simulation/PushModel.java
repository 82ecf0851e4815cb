package io.blipmq.broker.simulation;

import io.blipmq.broker.AttachRequest;
import io.blipmq.broker.Broker;
import io.blipmq.broker.OwnerId;
import io.blipmq.broker.SettleAction;
import io.blipmq.broker.SettleResult;
import java.util.ArrayList;
import java.util.List;
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

    /** @param id the broker's answer, maybe a refusal */
    void onAttached(PushedClient client, AttachRequest request, long id) {
        if (model.isShuttingDown()) {
            Check.that(id == Broker.SHUTTING_DOWN, () -> "ATTACH while shutting down gave " + id);
        } else if (request.qos() == 0) {
            if (id > 0) {
                ModelAttachment attachment = new ModelAttachment(client, request, model.options());
                LiveQueue live = new LiveQueue(model.isLiveLossy());
                model.passing.put(id, new Model.Passing(Texts.of(request.topic()), client, live, attachment));
            }
        } else {
            onStoredAttached(client, request, id);
        }
    }

    private void onStoredAttached(PushedClient client, AttachRequest request, long id) {
        String topic = Texts.of(request.topic());
        String name = Texts.of(request.name());
        boolean letters = topic.startsWith(Model.DEAD_LETTERS);
        if (!letters && isNameExpected(client.owner(), name)) {
            expect(Broker.BUSY, id, name);
            return;
        }
        ModelSubscription existing = letters ? letters(client.owner(), topic) : named(client.owner(), name);
        if (existing == null || existing.removing) {
            onMade(client, request, letters ? "" : name, !letters && name.isEmpty(), id);
        } else if (!existing.topic.equals(topic)) {
            expect(Broker.OTHER_TOPIC, id, name);
        } else if (existing.attachment != null && !request.takeOver()) {
            expect(Broker.NAME_HELD, id, name);
        } else if (request.fromNew() && !letters) {
            onMade(client, request, name, false, id);
            if (id > 0) {
                expel(existing);
                existing.removing = true;
            }
        } else {
            expect(existing.id, id, name);
            expel(existing);
            existing.attach(client);
            existing.attachment = new ModelAttachment(client, request, model.options());
        }
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

    private static void expect(long expected, long answer, String name) {
        Check.that(answer == expected, () -> "ATTACH to '" + name + "' gave " + answer + " instead of " + expected);
    }

    private void onMade(PushedClient client, AttachRequest request, String name, boolean passing, long id) {
        if (id > 0) {
            String topic = Texts.of(request.topic());
            model.checkAppended(id, Command.subscribe(id, client.owner(), topic, name, passing));
            model.expected.put(id, new Model.Expected(client, topic, request));
        } else {
            Check.that(
                    id == Broker.BUSY || id == Broker.DISK_FULL || id == Broker.TOO_MANY_SUBSCRIPTIONS,
                    () -> "ATTACH to '" + name + "' gave " + id);
        }
    }

    private static void expel(ModelSubscription subscription) {
        if (subscription.attachment != null) {
            subscription.attachment.client.expectTakenOver(subscription.id);
            subscription.release(subscription.attachment.client);
        }
    }

    /** The client's hold on a subscription, or null. */
    ModelAttachment attachment(PushedClient client, long id) {
        Model.Passing reader = model.passing.get(id);
        ModelSubscription subscription = model.durable().get(id);
        ModelAttachment found =
                reader != null ? reader.attachment() : subscription == null ? null : subscription.attachment;
        return found != null && found.client == client ? found : null;
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

    void onDetached(PushedClient client, long id, long result) {
        model.passing.computeIfPresent(id, (key, reader) -> reader.client() == client && result == 0 ? null : reader);
        ModelSubscription deleted = model.durable().get(deleting);
        if (deleted != null && result == 0) {
            Check.that(deleted.removing, () -> deleted + " was deleted and is not removed");
            deleted.release(client);
        }
        deleting = NOTHING;
    }

    // --- deliveries

    void onPushed(
            PushedClient client, long id, long tag, int attempt, long published, String properties, String payload) {
        ModelSubscription subscription = model.durable().get(id);
        checkPush(client, id, payload);
        Check.that(subscription != null, () -> "a delivery at QoS 1 of " + id);
        model.onMessage(subscription, tag, payload);
        ModelMessage message = subscription.unsettled.get(tag);
        String expected = subscription.deadLetters ? message.letterProperties : message.ownProperties();
        Check.that(
                message.attempts == attempt && message.publishedMillis == published && properties.equals(expected),
                () -> message + " of " + subscription + " was pushed as attempt " + attempt + " at " + published
                        + " with " + properties + ", not " + expected);
    }

    void onPushedLive(PushedClient client, long id, List<String> payloads) {
        Model.Passing reader = model.passing.get(id);
        for (String payload : payloads) {
            checkPush(client, id, payload);
            if (reader == null) {
                model.durable().get(id).onLive(payload);
            } else {
                reader.live().onDelivered(payload);
            }
        }
    }

    private void checkPush(PushedClient client, long id, String payload) {
        ModelAttachment attachment = attachment(client, id);
        Check.that(
                attachment != null && attachment.answered && !model.isShuttingDown() && !client.isDraining(),
                () -> client + " was pushed messages of " + id);
        attachment.onPushed(Texts.bytes(payload).length);
    }

    /** The broker has nothing more to push. */
    void checkNothingLeft() {
        for (ModelSubscription subscription : model.durable().values()) {
            if (subscription.attachment != null && subscription.attachment.takes()) {
                subscription.onNothingToPush();
            }
        }
        for (Model.Passing reader : model.passing.values()) {
            boolean takes = reader.attachment() != null && reader.attachment().takes();
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

    /** The tags that a request is going to hit, if it is taken. */
    List<Long> targets(PushedClient client, long id, SettleAction action, boolean upTo, long tag) {
        rejecting = action == SettleAction.REJECT;
        ModelSubscription subscription = settleable(client, id);
        List<Long> targets = new ArrayList<>();
        if (subscription == null) {
            return targets;
        }
        if (upTo) {
            for (ModelMessage message :
                    subscription.unsettled.headMap(tag, true).values()) {
                if (model.held(subscription, message.tag) != null) {
                    targets.add(message.tag);
                }
            }
        } else if (model.held(subscription, tag) != null
                && (action == SettleAction.ACK || subscription.unsettled.containsKey(tag))) {
            targets.add(tag);
        }
        for (long target : targets) {
            if (action == SettleAction.ACK) {
                model.asking.add(model.recorded(id, target));
            } else {
                ModelMessage message = subscription.unsettled.get(target);
                message.mayMove = action == SettleAction.REJECT && !subscription.deadLetters
                        || action == SettleAction.NACK && subscription.isLast(message);
            }
        }
        return targets;
    }

    void onSettled(
            PushedClient client, long id, SettleAction action, long millis, List<Long> targets, SettleResult result) {
        rejecting = false;
        ModelSubscription subscription = settleable(client, id);
        if (subscription == null) {
            boolean refused = model.isSealed() ? result.isShuttingDown() : result.isSubscriptionUnknown();
            Check.that(refused, () -> "SETTLE of " + id + " was taken");
        } else if (result.isBusy()) {
            Check.that(
                    model.settlementsWait() && !model.unrecorded.isEmpty(),
                    () -> "SETTLE of " + subscription + " has to wait");
        } else if (action == SettleAction.ACK) {
            Check.that(
                    result.settled() == targets.size() && result.unknown() == (targets.isEmpty() ? 1 : 0),
                    () -> result.settled() + " settled and " + result.unknown() + " unknown of " + targets + " of "
                            + subscription);
            targets.forEach(tag -> model.settle(subscription, tag));
            model.unrecorded.addAll(model.asking);
        } else {
            onKept(subscription, action, TimeUnit.MILLISECONDS.toNanos(millis), targets, result);
        }
        model.asking.clear();
    }

    private void onKept(
            ModelSubscription subscription, SettleAction action, long nanos, List<Long> targets, SettleResult result) {
        if (targets.isEmpty()) {
            Check.that(result.settled() == 0 && result.unknown() == 1, () -> "nothing to " + action + " was hit");
            return;
        }
        ModelMessage message = subscription.unsettled.get(targets.get(0));
        message.mayMove = false;
        boolean live = message.state == ModelMessage.State.IN_FLIGHT && !message.rejected;
        if (action == SettleAction.EXTEND) {
            boolean hit = result.settled() == 1;
            boolean unsure = live && subscription.isPastDeadline(message, 0) || message.isExpired(model.nowMillis());
            Check.that(unsure || hit == live, () -> "EXTEND of " + message + ": " + hit);
            if (hit) {
                message.deadlineNanos = model.nowNanos() + nanos;
                message.firedNanos = 0;
            }
            return;
        }
        Check.that(result.settled() == 1, () -> action + " of " + message + " in " + subscription + " hit nothing");
        if (action == SettleAction.REJECT && !subscription.deadLetters) {
            message.rejected |= message.state != ModelMessage.State.MOVING;
            message.awaitMove(model.nowNanos());
        } else if (live && subscription.isLast(message)) {
            message.awaitMove(model.nowNanos());
        } else if (live) {
            putOff(subscription, message, action == SettleAction.REJECT ? REJECTED_LETTER_NANOS : nanos);
        } else if (message.state == ModelMessage.State.DUE || message.state == ModelMessage.State.DELAYED) {
            message.putOff(model.nowNanos(), action == SettleAction.REJECT ? REJECTED_LETTER_NANOS : nanos);
        }
    }

    private void putOff(ModelSubscription subscription, ModelMessage message, long nanos) {
        long now = model.nowNanos();
        if (subscription.isPastDeadline(message, 0)) {
            long backoff = message.attachment == null ? 0 : message.attachment.backoffNanos(message.attempts);
            message.delay(now + nanos, now + Math.max(nanos, backoff));
        } else if (nanos == 0) {
            message.state = ModelMessage.State.DUE;
        } else {
            message.delay(now + nanos, now + nanos);
        }
        message.attachment = null;
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
     * @param count the broker's answer, maybe a refusal, or that it goes on later
     * @param before how many it had been in earlier turns
     * @return how many it has been
     */
    int onRedriven(long count, int before) {
        int all = before + redriven;
        Check.that(
                count == Broker.BUSY || count == all || count < 0 && all == 0, () -> count + " redriven, not " + all);
        redriving = NOTHING;
        return all;
    }

    void onRedriveAppended(Command command) {
        ModelSubscription letters = model.durable().get(command.letters());
        ModelSubscription target = model.durable().get(command.subscription());
        ModelMessage letter = letters.unsettled.get(command.tag());
        long ttl = model.options().messageTtlMillis();
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
            copy.properties = letter.properties;
            copy.publishedMillis = letter.publishedMillis;
            copy.state = ModelMessage.State.DUE;
            target.unsettled.put(sequence, copy);
        }
    }
}
