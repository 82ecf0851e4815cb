package io.blipmq.broker;

import io.blipmq.broker.backlog.MessageCursor;
import io.blipmq.broker.backlog.MessageLog;
import io.blipmq.broker.backlog.PositionMemory;
import io.blipmq.broker.journal.MessageKeys;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.journal.StoredMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * A QoS 1 subscription: it is stored, and a message leaves it only by being settled. Owned by the core thread. It
 * outlives its connection, unless it was made to end with it: then it is removed once it has none.
 *
 * <p>Its state is a cursor into the topic's {@link MessageLog} and the deliveries that are not settled. The invariant
 * that keeps it small: every message before the cursor is settled unless it is in {@link #unsettled}, and that map is
 * bounded: by {@code max_in_flight}, dead letters on their way back included, for what {@link #heldCount} counts, and by
 * limits of its own for what is delayed or set aside.
 */
final class StoredSubscription extends Subscription {
    private final OwnerId owner;
    private final byte[] name;
    private final boolean endsWithConnection;
    private final MessageLog messages;
    private final MessageCursor cursor;
    private final boolean deadLetters;
    private final Runnable beforeChange;
    private final SubscriptionLife life;
    private final Unsettled unsettled;
    private final StoredReader reader;
    /** Made of this subscription's messages. */
    private final RecentLetters recentLetters;

    /** The number of the newest dead letter that is journalled for this subscription, 0 before any. */
    private long lastLetterSequence;
    /** Dead letters on their way back to this. */
    private int comingRedrives;

    /** Owned by {@link CheckpointCapture}. */
    int capturedIn;

    /** Owned by {@link StoredList}. */
    StoredSubscription olderOfTopic;

    StoredSubscription newerOfTopic;

    /**
     * @param name empty: it has none
     * @param endsWithConnection whether it ends with its connection
     * @param announceChange is told before what a checkpoint keeps of it changes
     */
    StoredSubscription(
            long id,
            MessageStream topic,
            OwnerId owner,
            byte[] name,
            boolean endsWithConnection,
            PositionMemory positions,
            StateMemory memory,
            Consumer<StoredSubscription> announceChange) {
        super(id, topic);
        this.beforeChange = () -> announceChange.accept(this);
        this.life = new SubscriptionLife(id, beforeChange);
        this.unsettled = new Unsettled(memory, beforeChange);
        this.recentLetters = new RecentLetters(memory);
        this.owner = owner;
        this.name = name;
        this.endsWithConnection = endsWithConnection;
        this.deadLetters = topic.isDeadLetters();
        this.messages = deadLetters
                ? new MessageLog(MessageKeys.ofLetters(owner, topic.name()), null, positions)
                : topic.messages();
        this.cursor = new MessageCursor(messages, beforeChange);
        this.reader = new StoredReader(this);
    }

    @Override
    OwnerId owner() {
        return owner;
    }

    @Override
    int nameBytes() {
        return super.nameBytes() + name.length;
    }

    /** Empty when it has none. */
    byte[] name() {
        return name;
    }

    /** Whether it ends with its connection. */
    boolean endsWithConnection() {
        return endsWithConnection;
    }

    /** Whether clients that poll may do so: not when it was made to be pushed, or one connection holds it alone. */
    boolean isForPolling() {
        return name.length == 0 && !endsWithConnection && !life.isHeldAlone();
    }

    boolean isDeadLetters() {
        return deadLetters;
    }

    /** The topic's, or this subscription's own letters. */
    MessageLog messages() {
        return messages;
    }

    MessageCursor cursor() {
        return cursor;
    }

    Unsettled unsettled() {
        return unsettled;
    }

    RecentLetters recentLetters() {
        return recentLetters;
    }

    @Override
    boolean belongsTo(Client other) {
        return owner.equals(other.owner());
    }

    SubscriptionLife life() {
        return life;
    }

    @Override
    PushTarget target() {
        return life.target();
    }

    @Override
    Attachment attachment(Client client) {
        return life.attachment(client);
    }

    /** As {@link SubscriptionLife#store}. */
    void onStored(long firstSequence) {
        life.store();
        cursor.start(firstSequence);
    }

    /** As {@link SubscriptionLife#attach}. */
    void attach(Client client, long nowMillis) {
        if (life.attach(client, nowMillis)) {
            reader.openMemory();
        }
    }

    /**
     * The last connection is gone.
     *
     * @return QoS 0 messages that were waiting and are lost
     */
    long detach(long nowNanos, long nowMillis) {
        life.startDetached(nowNanos, nowMillis);
        return reader.closeMemory();
    }

    /** What a checkpoint keeps of it is going to change. */
    void beforeChange() {
        beforeChange.run();
    }

    // --- delivery ---

    @Override
    int deliverNext(InFlight inHand, DeliverySink sink, Deliveries deliveries) {
        return reader.deliverNext(inHand, sink, deliveries);
    }

    @Override
    int pushNext(Attachment attachment, long countMax, Deliveries deliveries) {
        return reader.pushNext(attachment, countMax, deliveries);
    }

    /** As {@link StoredReader#dropExpired}. */
    boolean dropExpired(Deliveries deliveries) {
        return reader.dropExpired(deliveries);
    }

    /** As {@link StoredReader#follow}. */
    void follow(int settledMax, int keptMax) {
        reader.follow(settledMax, keptMax);
    }

    /** A message's move to the dead letters is journalled. */
    void onMoving(Delivery delivery, long letterSequence) {
        delivery.transitionTo(Delivery.State.MOVING);
        lastLetterSequence = letterSequence;
    }

    long lastLetterSequence() {
        return lastLetterSequence;
    }

    // --- back from the dead letters ---

    /**
     * What counts for {@code max_in_flight}: what it has unsettled, and what is going to be when it has come back. What
     * waits for a delay does not count, up to a limit of its own; what was set aside does not yet.
     */
    int heldCount(BrokerLimits limits) {
        return keptCount() - unsettled.setAsideCount() - Math.min(unsettled.delayedCount(), limits.delayedMax());
    }

    /** What takes memory: all that it has unsettled, and what has not come back yet. */
    int keptCount() {
        return unsettled.size() + comingRedrives;
    }

    /** One is journalled, or has come. */
    void countComingRedrives(int more) {
        comingRedrives = Math.max(0, comingRedrives + more);
    }

    // --- settlement ---

    /** Takes a message that waits for its first delivery out of the order, so that something can be done with it. */
    Delivery takeOut(StoredMessage message) {
        Delivery delivery = new Delivery(this, message);
        unsettled.put(delivery);
        cursor.settleAhead(message.sequence, message.payloadLength);
        return delivery;
    }

    /** As {@link #takeOut(StoredMessage)}, given the message's number; null when the journal has lost it. */
    Delivery takeOut(long tag) {
        StoredMessage message = messages.find(tag);
        return message == null ? null : takeOut(message);
    }

    /** The delivery that an acknowledgement of this tag settles, or null. */
    Delivery held(long tag) {
        Delivery delivery = unsettled.get(tag);
        return delivery != null && isHeld(delivery) ? delivery : null;
    }

    /** The dead letter that an acknowledgement of this tag settles, when it settles no delivery; or null. */
    RecentLetters.Letter heldLetter(long tag) {
        RecentLetters.Letter letter = unsettled.contains(tag) ? null : recentLetters.find(tag);
        return letter != null && letter.deadLetters().isForSettling(letter.tag()) ? letter : null;
    }

    private boolean isForSettling(long letterTag) {
        Delivery delivery = unsettled.get(letterTag);
        boolean free = delivery == null ? !unsettled.contains(letterTag) : !delivery.is(Delivery.State.MOVING);
        return free && !life.isRemoving();
    }

    /** Whether a client may settle it: it was delivered, and is not on its way back to its subscription. */
    private boolean isHeld(Delivery delivery) {
        return delivery.delivered && !(deadLetters && delivery.is(Delivery.State.MOVING));
    }

    /** Whether a message came back from the dead letters, so that it is not one of its topic's any more. */
    boolean isRedriven(StoredMessage message) {
        return message.key != messages.key();
    }

    /** Whether a message is not settled, be it delivered or not. */
    boolean isWaitingFor(long tag) {
        return unsettled.contains(tag) || cursor.isWaitingFor(tag);
    }

    // --- what others may know ---

    /** Payload bytes that wait, those in flight included. */
    long backlogBytes() {
        return cursor.waitingBytes() + unsettled.payloadBytes();
    }

    @Override
    int unsettledCount() {
        return unsettled.size();
    }

    @Override
    long backlog() {
        return backlog(unsettled.summary());
    }

    private long backlog(Unsettled.Summary summary) {
        return cursor.waitingCount() + summary.waitingCount() + reader.memoryBacklog();
    }

    /** When the oldest message that waits at the cursor was published; {@link Long#MAX_VALUE} when none does. */
    private long oldestWaitingMillis(Deliveries deliveries) {
        reader.passSettled(deliveries);
        boolean waits = cursor.waitingCount() > 0 && !cursor.isAtEnd() && !cursor.isSettled();
        return waits ? cursor.message().publishedMillis : Long.MAX_VALUE;
    }

    @Override
    SubscriptionInfo info(Deliveries deliveries) {
        Unsettled.Summary summary = unsettled.summary();
        long oldestMillis = Math.min(oldestWaitingMillis(deliveries), summary.oldestMillis());
        Client holder = life.client();
        return new SubscriptionInfo(
                id(),
                topic().toString(),
                new String(name, StandardCharsets.UTF_8),
                1,
                !endsWithConnection,
                life.isAttached(),
                Instant.ofEpochMilli(life.sinceMillis()),
                backlog(summary),
                backlogBytes(),
                summary.deliveries(),
                oldestMillis == Long.MAX_VALUE
                        ? SubscriptionInfo.NO_MESSAGE
                        : Math.max(0, deliveries.nowMillis() - oldestMillis),
                deadLetters,
                topic().filter() != null,
                holder == null ? "" : holder.name(),
                holder == null ? "" : holder.address(),
                life.isShared() ? memberInfos() : List.of(),
                life.isShared() ? life.clientCount() : 0);
    }

    private List<SubscriptionInfo.Member> memberInfos() {
        return life.clients().stream()
                .limit(SubscriptionInfo.MEMBERS_MAX)
                .map(this::memberInfo)
                .toList();
    }

    private SubscriptionInfo.Member memberInfo(Client client) {
        Attachment attachment = attachment(client);
        InFlight polled = client.polled(this);
        return attachment == null
                ? new SubscriptionInfo.Member(client.name(), client.address(), 0, polled == null ? 0 : polled.size())
                : attachment.info();
    }
}
