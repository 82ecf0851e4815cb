package io.blipmq.broker.simulation;

import io.blipmq.broker.BrokerOptions;
import io.blipmq.broker.OwnerId;
import java.util.HashMap;
import java.util.HashSet;
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

    final long id;
    final String topic;
    final OwnerId owner;
    final boolean deadLetters;
    final TreeMap<Long, ModelMessage> unsettled = new TreeMap<>();
    /** Dead letters made of this subscription's messages, by the message's tag. */
    final Map<Long, Letter> lettersMade = new HashMap<>();
    /** On a dead-letter subscription: where a letter came from. */
    final Map<Long, Letter> letters = new HashMap<>();

    private final Model model;
    private long arrivals;
    /** Connections that it is attached to; more than one share a subscription to dead letters. */
    private final Set<SimulatedClient> clients = new HashSet<>();

    LiveQueue live;
    long detachedNanos;
    boolean removing;

    record Letter(long origin, long originTag, long target, long tag) {}

    ModelSubscription(Model model, long id, String topic, OwnerId owner) {
        this.model = model;
        this.id = id;
        this.topic = topic;
        this.owner = owner;
        this.deadLetters = topic.startsWith(Model.DEAD_LETTERS);
        this.detachedNanos = model.nowNanos();
    }

    /** What a checkpoint keeps of it. */
    ModelSubscription copy() {
        ModelSubscription copy = new ModelSubscription(model, id, topic, owner);
        unsettled.values().forEach(message -> copy.unsettled.put(message.tag, message.copy()));
        copy.lettersMade.putAll(lettersMade);
        copy.letters.putAll(letters);
        copy.arrivals = arrivals;
        return copy;
    }

    /**
     * A start has found it in a checkpoint: what was delivered is due again and keeps its attempts; what had its last
     * delivery is decided at once.
     */
    void onRestored() {
        for (ModelMessage message : unsettled.values()) {
            if (message.isDelivered()) {
                message.state = isLast(message) ? ModelMessage.State.IN_FLIGHT : ModelMessage.State.DUE;
                message.deadlineNanos = model.nowNanos();
            }
        }
    }

    /** Whether any message has to be delivered or dropped. */
    boolean isOwed() {
        return !unsettled.isEmpty();
    }

    void arrive(long tag, String payload, long expiresMillis) {
        unsettled.put(tag, new ModelMessage(tag, payload, expiresMillis, arrivals++));
    }

    void arriveLive(String payload) {
        if (live != null) {
            live.add(payload, arrivals);
        }
    }

    // --- connection

    boolean isAttached() {
        return !clients.isEmpty();
    }

    void attach(SimulatedClient client) {
        if (clients.isEmpty()) {
            live = new LiveQueue(model.isLiveLossy());
        }
        clients.add(client);
    }

    /** The connection is gone; with the last one it is detached. */
    void release(SimulatedClient client) {
        if (clients.remove(client) && clients.isEmpty()) {
            detach();
        }
    }

    private void detach() {
        live = null;
        detachedNanos = model.nowNanos();
        for (ModelMessage message : unsettled.values()) {
            if (message.state == ModelMessage.State.IN_FLIGHT && !isLast(message)) {
                message.state = ModelMessage.State.DUE;
            }
        }
    }

    // --- what a POLL brought

    void onNothing() {
        for (ModelMessage message : unsettled.values()) {
            Check.that(!mustBeDue(message), () -> this + " gave nothing, but this is due again: " + message);
        }
        if (isBlocked()) {
            return;
        }
        ModelMessage next = firstNew();
        Check.that(
                next == null || deliveredMost() >= options().inFlightMax(),
                () -> this + " gave nothing, but this waits: " + next);
        if (live != null && live.first() != null) {
            Check.that(!isFree(live.first()), () -> this + " gave nothing, but a QoS 0 message waits");
        }
    }

    void onLive(String payload) {
        noneIsOverdue(Long.MAX_VALUE);
        Check.that(live != null, () -> this + " is detached and gave a QoS 0 message");
        LiveQueue.Entry entry = live.onDelivered(payload);
        Check.that(isFree(entry), () -> this + ": a QoS 0 message overtook " + firstNew());
    }

    void onMessage(long tag, String payload) {
        ModelMessage message = unsettled.get(tag);
        Check.that(message != null, () -> this + " delivered " + tag + ", which it is not owed");
        Check.that(message.payload.equals(payload), () -> message + " was delivered as '" + Texts.brief(payload) + "'");
        Check.that(!message.isExpired(model.nowMillis()), () -> message + " was delivered after its time");
        noneIsOverdue(message.isDelivered() ? tag : Long.MAX_VALUE);
        if (message.isDelivered()) {
            Check.that(mayBeDue(message), () -> message + " was delivered again too early");
        } else {
            checkFirst(message);
        }
        message.attempts++;
        message.state = ModelMessage.State.IN_FLIGHT;
        message.deadlineNanos = model.nowNanos() + timeoutNanos(message.attempts);
    }

    private void checkFirst(ModelMessage message) {
        ModelMessage next = firstNew();
        Check.that(next == message, () -> message + " was delivered before " + next);
        Check.that(deliveredLeast() < options().inFlightMax(), () -> message + " is one too many in flight");
        LiveQueue.Entry before = live.first();
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
                        .anyMatch(message -> !message.isDelivered() && message.isExpired(model.nowMillis()));
    }

    /** Whether everything that arrived before it has been delivered once. */
    private boolean isFree(LiveQueue.Entry entry) {
        ModelMessage next = firstNew();
        return next == null || next.index >= entry.before();
    }

    private ModelMessage firstNew() {
        for (ModelMessage message : unsettled.values()) {
            if (!message.isDelivered() && !message.isExpired(model.nowMillis())) {
                return message;
            }
        }
        return null;
    }

    private boolean mayBeDue(ModelMessage message) {
        return message.state == ModelMessage.State.DUE || isPastDeadline(message, 0) && !isLast(message);
    }

    private boolean mustBeDue(ModelMessage message) {
        boolean due =
                message.state == ModelMessage.State.DUE || isPastDeadline(message, TICK_NANOS) && !isLast(message);
        return due && !message.isExpired(model.nowMillis());
    }

    boolean isPastDeadline(ModelMessage message, long slackNanos) {
        return message.state == ModelMessage.State.IN_FLIGHT && model.nowNanos() - message.deadlineNanos >= slackNanos;
    }

    /** Whether no further delivery follows: the dead letters are next. */
    boolean isLast(ModelMessage message) {
        return !deadLetters
                && options().deliveriesMax() > 0
                && message.attempts >= options().deliveriesMax();
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

    boolean hasExpired() {
        return unsettled.values().stream().anyMatch(message -> message.isExpired(model.nowMillis()));
    }

    /** Messages that wait to be delivered, without a connection. */
    long backlog() {
        return unsettled.values().stream()
                .filter(message -> message.state == ModelMessage.State.NEW || message.state == ModelMessage.State.DUE)
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
