package io.blipmq.broker.simulation;

import io.blipmq.broker.BrokerLimits;
import io.blipmq.broker.BrokerOptions;
import io.blipmq.broker.journal.OwnerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a durable subscription is owed, and whether a POLL's result is right. Owned by the simulation's thread.
 *
 * <p>It knows nothing of cursors: it holds every message that is not settled. A deadline is met within {@link
 * #TICK_NANOS}; between the two moments either answer is right.
 */
final class ModelSubscription {
    /** How late a deadline may be met. */
    static final long TICK_NANOS = 1L << 23;
    /** What is kept over a restart is kept in milliseconds. */
    static final long MILLI_NANOS = 2_000_000;

    final long id;
    final String topic;
    final OwnerId owner;
    final String name;
    final boolean passing;
    final boolean deadLetters;
    final TreeMap<Long, ModelMessage> unsettled = new TreeMap<>();
    /** The newest dead letters made of this subscription's messages, by the message's tag, settled ones too. */
    private final Map<Long, Letter> lettersMade = new LinkedHashMap<>();
    /** On a dead-letter subscription: where a letter came from. */
    final Map<Long, Letter> letters = new HashMap<>();

    private final Model model;
    private long arrivals;
    /** Connections that it is attached to; more than one share it. */
    private final Set<SimulatedClient> clients = new HashSet<>();

    /** The connections that it is pushed to: one, or the members of a group. */
    private final List<ModelAttachment> attachments = new ArrayList<>();

    private boolean grouped;
    MemoryQueue live;
    long detachedNanos;
    /** In a checkpoint: since when it was detached; 0: it was not. */
    private long keptDetachedNanos;

    boolean removing;
    /** Dead letters on their way back to it. */
    int coming;

    record Letter(long origin, long originTag, long target, long tag) {}

    ModelSubscription(Model model, long id, String topic, OwnerId owner, String name, boolean passing) {
        this.name = name;
        this.passing = passing;
        this.model = model;
        this.id = id;
        this.topic = topic;
        this.owner = owner;
        this.deadLetters = topic.startsWith(Model.DEAD_LETTERS);
        this.detachedNanos = model.nowNanos();
    }

    /** What a checkpoint keeps of it. */
    ModelSubscription kept() {
        ModelSubscription kept = copy();
        kept.keptDetachedNanos = isAttached() ? 0 : detachedNanos;
        for (ModelMessage message : unsettled.values()) {
            ModelMessage copy = kept.unsettled.get(message.tag);
            copy.keepAttempts(message, isPastDeadline(message, 0));
            long backoff = backoffNanos(message);
            if (message.state == ModelMessage.State.DELAYED) {
                copy.delay(message.mayNanos, message.mustNanos);
            } else if (backoff > 0 && isPastDeadline(message, 0) && !isFinalForSure(message)) {
                copy.delay(0, model.nowNanos() + backoff); // it has been met, or not yet
            }
        }
        return kept;
    }

    /** As a start finds it there. */
    ModelSubscription copy() {
        ModelSubscription copy = new ModelSubscription(model, id, topic, owner, name, passing);
        unsettled.values().forEach(message -> copy.unsettled.put(message.tag, message.copy()));
        copy.lettersMade.putAll(lettersMade);
        copy.letters.putAll(letters);
        copy.arrivals = arrivals;
        copy.keptDetachedNanos = keptDetachedNanos;
        copy.detachedNanos = keptDetachedNanos == 0 ? copy.detachedNanos : keptDetachedNanos;
        return copy;
    }

    /**
     * A start has found it in a checkpoint: what was delivered is due again and keeps its attempts, what was put off still
     * is; what had its last delivery is decided at once.
     */
    void onRestored() {
        for (ModelMessage message : unsettled.values()) {
            if (!message.isNew()) {
                boolean delayed = message.state == ModelMessage.State.DELAYED && !isLast(message);
                if (delayed) {
                    message.delay(message.mayNanos - MILLI_NANOS, message.mustNanos + MILLI_NANOS);
                } else {
                    message.state = isLast(message) ? ModelMessage.State.IN_FLIGHT : ModelMessage.State.DUE;
                }
                message.deadlineNanos = model.nowNanos();
            }
        }
    }

    /** The broker does not know of so much of the time that has passed since the checkpoint that it was restored from. */
    ModelSubscription miss(long nanos) {
        if (keptDetachedNanos != 0) {
            detachedNanos = Math.min(model.nowNanos(), detachedNanos + nanos);
        }
        for (ModelMessage message : unsettled.values()) {
            if (message.state == ModelMessage.State.DELAYED) {
                message.delay(message.mayNanos + nanos, message.mustNanos + nanos);
            }
        }
        return this;
    }

    void moveTimes(long millis) {
        unsettled.values().forEach(message -> message.moveTimes(millis));
    }

    /** A turn begins: deadlines that are past for sure have been met. */
    void onTurn() {
        for (ModelMessage message : unsettled.values()) {
            if (message.isInHand() && !message.isWritten() && isPastDeadline(message, TICK_NANOS)) {
                timeOutUnwritten(message);
            }
            long backoff = backoffNanos(message);
            if (backoff > 0 && isPastDeadline(message, 0) && !isFinalForSure(message)) {
                message.firedNanos = message.firedNanos == 0 ? model.nowNanos() : message.firedNanos;
                if (isPastDeadline(message, TICK_NANOS)) {
                    message.delay(message.firedNanos + leastBackoffNanos(message), model.nowNanos() + backoff);
                }
            }
        }
    }

    /** Nobody can have seen it. */
    private void timeOutUnwritten(ModelMessage message) {
        message.attempts--;
        long backoff = backoffNanos(message);
        if (backoff > 0) {
            long fired = message.firedNanos == 0 ? model.nowNanos() : message.firedNanos;
            message.delay(fired + backoff, model.nowNanos() + backoff);
        } else {
            message.state = ModelMessage.State.DUE;
        }
    }

    private static long backoffNanos(ModelMessage message) {
        return message.attachment == null ? 0 : message.attachment.backoffNanos(message.attempts);
    }

    /** It may have had one attempt less than is counted. */
    private static long leastBackoffNanos(ModelMessage message) {
        int attempts = message.attempts - (message.isPerhapsLess() ? 1 : 0);
        return message.attachment == null ? 0 : message.attachment.backoffNanos(attempts);
    }

    void onLetterMade(Letter letter) {
        lettersMade.put(letter.originTag, letter);
        if (lettersMade.size() > model.lettersOfSubscription() || model.isBeyondLetters()) {
            lettersMade.remove(lettersMade.keySet().iterator().next());
        }
    }

    /** The letter that a message has become, if it waits and is not too old; else null. */
    Letter letterMade(long tag) {
        Letter letter = lettersMade.get(tag);
        ModelSubscription target = letter == null ? null : model.durable().get(letter.target);
        boolean waits = target != null && !target.removing && target.unsettled.containsKey(letter.tag);
        return waits ? letter : null;
    }

    int lettersMadeCount() {
        return lettersMade.size();
    }

    /** What it takes of the memory for all, if expired deliveries are not gone. */
    long memoryBytes() {
        BrokerLimits limits = options().limits();
        return limits.subscriptionBytes()
                + Subscribed.text(topic).length()
                + name.length()
                + keptMost() * limits.deliveryBytes();
    }

    /** A start has restored it: what its letters were in may be gone. */
    void forgetLetters(Set<Long> subscriptions) {
        lettersMade.values().removeIf(letter -> !subscriptions.contains(letter.target));
    }

    /** Whether any message has to be delivered or dropped. */
    boolean isOwed() {
        return !unsettled.isEmpty();
    }

    ModelMessage arrive(long tag, String payload, long expiresMillis) {
        ModelMessage message = new ModelMessage(tag, payload, expiresMillis, arrivals++);
        unsettled.put(tag, message);
        return message;
    }

    void arriveLive(String payload) {
        if (live != null) {
            live.add(payload, arrivals, model.nowMillis());
        }
    }

    // --- connection

    boolean isAttached() {
        return !clients.isEmpty();
    }

    boolean isReadBy(SimulatedClient client) {
        return clients.contains(client);
    }

    List<SimulatedClient> readers() {
        return List.copyOf(clients);
    }

    /** Whether clients that poll may read it. */
    boolean isForPolling() {
        return name.isEmpty() && !passing && !isHeldAlone();
    }

    void attach(SimulatedClient client) {
        if (clients.isEmpty()) {
            live = new MemoryQueue(model);
        }
        clients.add(client);
    }

    /** From now on it is pushed to this connection, too, or alone. */
    void hold(ModelAttachment attachment, boolean inGroup) {
        Check.that(
                attachments.isEmpty() || grouped && inGroup,
                () -> this + " is pushed to " + attachment.client + " and to others");
        attachments.add(attachment);
        grouped = inGroup;
    }

    List<ModelAttachment> attachments() {
        return List.copyOf(attachments);
    }

    /** What a connection has of it, or null. */
    ModelAttachment attachment(SimulatedClient client) {
        return attachments.stream()
                .filter(attachment -> attachment.client == client)
                .findFirst()
                .orElse(null);
    }

    boolean isHeld() {
        return !attachments.isEmpty();
    }

    /** Whether it is pushed to one connection, which does not share it. */
    boolean isHeldAlone() {
        return !grouped && isHeld();
    }

    /** The connection is gone; with the last one it is detached. */
    void release(SimulatedClient client) {
        ModelAttachment left = attachment(client);
        unsettled.values().stream()
                .filter(message -> message.poller == client || left != null && message.attachment == left)
                .forEach(this::takeBack);
        attachments.remove(left);
        if (clients.remove(client) && clients.isEmpty()) {
            detach();
        }
    }

    int clientCount() {
        return clients.size();
    }

    private void takeBack(ModelMessage message) {
        long backoff = backoffNanos(message);
        message.endConnection(isPastDeadline(message, 0));
        if (message.state == ModelMessage.State.IN_FLIGHT && !isFinal(message)) {
            if (backoff > 0 && isPastDeadline(message, 0)) {
                message.delay(model.nowNanos(), model.nowNanos() + backoff);
            } else {
                message.state = ModelMessage.State.DUE;
            }
        }
        message.attachment = null;
        message.poller = null;
    }

    private void detach() {
        live = null;
        detachedNanos = model.nowNanos();
        unsettled.values().forEach(this::takeBack);
    }

    // --- what a POLL or a push brought

    /**
     * A POLL brought nothing. A push does so, too, but nobody has asked since its last message: what has expired meanwhile
     * behind as many deliveries as may be unsettled is noticed by the next tick.
     */
    void onNothing() {
        onNothing(false);
    }

    void onNothingToPush() {
        onNothing(true);
    }

    private void onNothing(boolean pushed) {
        for (ModelMessage message : unsettled.values()) {
            Check.that(!mustBeDue(message), () -> this + " gave nothing, but this is due again: " + message);
        }
        if (isBlocked()) {
            return;
        }
        ModelMessage next = firstNew();
        Check.that(
                next == null || isPerhapsFull() || !model.mayHoldAnother(keptMost() + coming),
                () -> this + " gave nothing, but this waits: " + next);
        if (live != null && live.first() != null) {
            boolean held = !isFree(live.first()) || pushed && isBehindExpired(live.first());
            Check.that(held, () -> this + " gave nothing, but a QoS 0 message waits");
        }
    }

    void onLive(String payload) {
        noneIsOverdue(Long.MAX_VALUE);
        Check.that(live != null, () -> this + " is detached and gave a QoS 0 message");
        MemoryQueue.Entry entry = live.onDelivered(payload);
        Check.that(isFree(entry), () -> this + ": a QoS 0 message overtook " + firstNew());
    }

    /**
     * @param client who was given it
     * @param attachment what that one has of it; null: it was polled
     * @param attempt as it was delivered with; 0: nobody has said it
     */
    void onMessage(SimulatedClient client, ModelAttachment attachment, long tag, String payload, int attempt) {
        ModelMessage message = unsettled.get(tag);
        Check.that(message != null, () -> this + " delivered " + tag + ", which it is not owed");
        Check.that(message.payload.equals(payload), () -> message + " was delivered as '" + Texts.brief(payload) + "'");
        Check.that(!message.isExpired(model.nowMillis()), () -> message + " was delivered after its time");
        noneIsOverdue(message.isNew() ? Long.MAX_VALUE : tag);
        if (!message.isNew()) {
            Check.that(mayBeDue(message), () -> message + " was delivered again too early");
        } else {
            checkFirst(message);
        }
        if (message.unsure && attempt == message.attempts || message.isInHand() && !message.isWritten()) {
            message.attempts--;
        }
        message.unsure &= attempt == 0;
        message.attempts++;
        message.state = ModelMessage.State.IN_FLIGHT;
        message.delivered = true;
        message.begun = false;
        message.condemned = false;
        message.attachment = attachment;
        message.givenTo = attachment;
        message.poller = attachment == null ? client : null;
        message.pushIndex = attachment == null ? 0 : attachment.client.pushed();
        message.firedNanos = 0;
        long timeoutNanos = attachment == null ? timeoutNanos(message.attempts) : attachment.ackTimeoutNanos();
        message.deadlineNanos = model.nowNanos() + timeoutNanos;
        message.earlierNanos =
                attachment == null && message.unsure ? timeoutNanos - timeoutNanos(message.attempts - 1) : 0;
    }

    private void checkFirst(ModelMessage message) {
        ModelMessage next = firstNew();
        Check.that(next == message, () -> message + " was delivered before " + next);
        Check.that(isRoomFor(1), () -> message + " is one too many in flight");
        MemoryQueue.Entry before = live.first();
        Check.that(
                before == null || before.before() > message.index,
                () -> message + " overtook QoS 0 '" + Texts.brief(before.payload()) + "'");
    }

    /** Due redeliveries come first, and in order. */
    private void noneIsOverdue(long beforeTag) {
        for (ModelMessage message : unsettled.headMap(beforeTag).values()) {
            Check.that(!mustBeDue(message), () -> this + " passed over " + message + ", which is due again");
        }
    }

    /** Whether the next message has expired and there is no room to settle it: nothing is delivered past that. */
    private boolean isBlocked() {
        return model.settlementsWait()
                && unsettled.values().stream()
                        .anyMatch(message -> message.isNew() && message.isExpired(model.nowMillis()));
    }

    /** Whether everything that arrived before it has been delivered once. */
    private boolean isFree(MemoryQueue.Entry entry) {
        ModelMessage next = firstNew();
        return next == null || next.index >= entry.before();
    }

    private boolean isBehindExpired(MemoryQueue.Entry entry) {
        return (isPerhapsFull() || !model.mayHoldAnother(keptMost() + coming))
                && unsettled.values().stream().anyMatch(message -> message.isNew() && message.index < entry.before());
    }

    private ModelMessage firstNew() {
        for (ModelMessage message : unsettled.values()) {
            if (message.isNew() && !message.isExpired(model.nowMillis())) {
                return message;
            }
        }
        return null;
    }

    private boolean mayBeDue(ModelMessage message) {
        return switch (message.state) {
            case DUE -> true;
            case DELAYED -> model.nowNanos() >= message.mayNanos;
            case IN_FLIGHT ->
                isPastDeadline(message, 0)
                        && !isFinalForSure(message)
                        && model.nowNanos() >= message.firedNanos + leastBackoffNanos(message);
            case NEW, MOVING -> false;
        };
    }

    private boolean mustBeDue(ModelMessage message) {
        boolean due = switch (message.state) {
            case DUE -> true;
            case DELAYED -> model.nowNanos() - message.mustNanos >= TICK_NANOS;
            case IN_FLIGHT -> isPastDeadline(message, TICK_NANOS) && !isFinal(message) && backoffNanos(message) == 0;
            case NEW, MOVING -> false;
        };
        return due && !message.isExpired(model.nowMillis());
    }

    /** Whether it is not delivered again, or perhaps not. */
    boolean isFinal(ModelMessage message) {
        return isLast(message) || message.rejected;
    }

    /** Likewise, and not perhaps. */
    boolean isFinalForSure(ModelMessage message) {
        return message.rejected || isLast(message.attempts - (message.isPerhapsLess() ? 1 : 0));
    }

    /** @param slackNanos 0: perhaps */
    boolean isPastDeadline(ModelMessage message, long slackNanos) {
        long nanos = message.deadlineNanos - (slackNanos == 0 ? message.earlierNanos : 0);
        return message.state == ModelMessage.State.IN_FLIGHT && model.nowNanos() - nanos >= slackNanos;
    }

    /** Whether no further delivery follows: the dead letters are next. */
    boolean isLast(ModelMessage message) {
        return isLast(message.attempts);
    }

    private boolean isLast(int attempts) {
        return !deadLetters
                && options().deliveriesMax() > 0
                && attempts >= options().deliveriesMax();
    }

    private long timeoutNanos(int attempt) {
        double doubled = options().ackTimeoutNanos() * Math.pow(2, attempt - 1);
        return (long) Math.min(doubled, Math.max(30e9, options().ackTimeoutNanos()));
    }

    // --- figures

    /** Deliveries that are not settled; expired ones may have been settled or not. */
    long deliveredMost() {
        return unsettled.values().stream().filter(ModelMessage::isDelivered).count();
    }

    long deliveredLeast() {
        return unsettled.values().stream()
                .filter(message -> message.isDelivered() && !message.isExpired(model.nowMillis()))
                .count();
    }

    /** Messages that are not in the topic's order any more. */
    private long heldMost() {
        return unsettled.values().stream().filter(message -> !message.isNew()).count();
    }

    /** What may take memory: of what came before this node led it has perhaps set some aside. */
    private long keptMost() {
        return unsettled.values().stream()
                .filter(message -> !message.isNew() || message.tag <= model.followedThrough())
                .count();
    }

    long heldLeast() {
        return unsettled.values().stream()
                .filter(message -> !message.isNew() && !message.isExpired(model.nowMillis()))
                .count();
    }

    /** Whether so many more may be unsettled; what has expired may have been dropped. */
    boolean isRoomFor(int more) {
        long delayed =
                unsettled.values().stream().filter(this::isPerhapsDelayed).count();
        return heldLeast() + coming + more - notCounted(delayed) <= options().inFlightMax();
    }

    /** Whether it perhaps has as many unsettled as it may. */
    private boolean isPerhapsFull() {
        long delayed = unsettled.values().stream()
                .filter(message -> message.state == ModelMessage.State.DELAYED && model.nowNanos() < message.mayNanos)
                .count();
        return heldMost() + coming - notCounted(delayed) >= options().inFlightMax();
    }

    private boolean isPerhapsDelayed(ModelMessage message) {
        boolean restored = message.unsure && model.nowNanos() - message.mustNanos < TICK_NANOS + MILLI_NANOS;
        return message.state == ModelMessage.State.DELAYED
                || isPastDeadline(message, 0) && !isFinalForSure(message) && (restored || backoffNanos(message) > 0);
    }

    /** What waits for a delay does not count, up to a limit. */
    private long notCounted(long delayed) {
        return Math.min(delayed, options().limits().delayedMax());
    }

    /** Whether messages may have been dropped meanwhile, or may be on their way to the dead letters. */
    boolean isBacklogUnsure() {
        return unsettled.values().stream().anyMatch(message -> message.unsure || message.isExpired(model.nowMillis()));
    }

    /** Messages that wait to be delivered, without a connection. */
    long backlog() {
        return unsettled.values().stream()
                .filter(message ->
                        message.state != ModelMessage.State.IN_FLIGHT && message.state != ModelMessage.State.MOVING)
                .count();
    }

    long backlogBytes() {
        return unsettled.values().stream()
                .mapToLong(message -> message.payload.length())
                .sum();
    }

    private BrokerOptions options() {
        return model.options();
    }

    @Override
    public String toString() {
        return "subscription " + id + " to " + topic;
    }
}
