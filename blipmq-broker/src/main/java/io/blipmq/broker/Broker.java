package io.blipmq.broker;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The broker: its turn, its beginning and its end, and the services that sessions ask. Owned by the core
 * thread, which runs {@link #doWork} once a turn, then the sessions' requests, then {@link #endTurn}; only {@link #mailbox} and
 * {@link #counters} are for other threads.
 *
 * <p>A QoS 1 publish is appended to the {@link Journal}, and becomes visible when the journal hands it back stored: {@link
 * BrokerState} applies it, and the subscriptions find it.
 */
public final class Broker {
    /** Deadlines are met, and settlements leave, to within this. */
    private static final long TIMED_TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final BrokerOptions options;
    private final BrokerClock clock;
    private final BrokerCounters counters = new BrokerCounters();
    private final Mailbox mailbox = new Mailbox();
    private final BrokerState state;
    private final Journal journal;
    private final Redelivery redelivery;
    private final Housekeeping housekeeping;
    private final PublishService publishing;
    private final SubscribeService subscribing;
    private final AttachService attaching;
    private final PollService polling;
    private final PushScheduler pushes;
    private final Settling settling;
    private final Listing listing;
    private final DeadLetterService deadLetters;
    private final ReadyList ready = new ReadyList();
    private final Refusals refusals = new Refusals(counters);
    private final WorkMeter work;
    /** Whether the start has found what a checkpoint should keep. */
    private boolean wantsCheckpoint;

    private Broker(BrokerOptions options, BrokerClock clock, Journal.Opener opener) throws IOException {
        this.options = options;
        this.clock = clock;
        this.state = new BrokerState(options, counters);
        this.work = state.work();
        this.journal = opener.open(state);
        state.journal(journal);
        this.redelivery = new Redelivery(options, counters, state, journal, clock, ready, work);
        this.housekeeping = new Housekeeping(options, counters, state, journal, redelivery, ready, work);
        for (DurableSubscription subscription : state.durableBehind(0)) {
            subscription.onStarted(
                    redelivery.nowNanos(), redelivery.nowMillis(), state.time().restoredMillis());
            redelivery.onRestored(subscription);
        }
        this.subscribing = new SubscribeService(options, counters, state, journal, redelivery, work, refusals);
        this.pushes = new PushScheduler(options.limits(), ready, redelivery, counters, work);
        this.publishing = new PublishService(options, counters, state, journal, redelivery, ready, pushes, refusals);
        this.attaching =
                new AttachService(counters, state, redelivery, subscribing, housekeeping, ready, work, refusals);
        this.polling = new PollService(counters, state, redelivery, subscribing, refusals);
        this.settling = new Settling(state, redelivery, work);
        this.listing = new Listing(options.limits(), state, redelivery, journal, work);
        this.deadLetters = new DeadLetterService(options, counters, state, journal, redelivery, work, refusals);
        state.listener(new Applied());
        wantsCheckpoint = state.time().hasNewJumps();
        counters.publish();
    }

    /** Opens the journal and rebuilds topics and subscriptions from it; durable ones start detached. */
    public static Broker open(BrokerOptions options, BrokerClock clock, Journal.Opener opener) throws IOException {
        return new Broker(options, clock, opener);
    }

    // --- connections ---

    /**
     * Registers an authenticated connection that polls.
     *
     * @param address where it comes from
     */
    public Client connect(OwnerId owner, String address) {
        return new Client(owner, address);
    }

    /**
     * Registers an authenticated connection that messages are pushed to.
     *
     * @param name what the client calls itself, for an operator's eyes
     * @param address where it comes from
     */
    public Client connect(OwnerId owner, String name, String address, Pusher pusher) {
        return new Client(owner, name, address, pusher);
    }

    /** The connection is gone: its QoS 0 subscriptions end, its durable ones are detached. */
    public void disconnect(Client client) {
        attaching.release(client);
    }

    // --- requests ---

    // A request that is journalled moves the client's lastSequence; its answer may leave once appliedSequence has
    // reached that.

    /** Takes messages in. */
    public PublishService publishing() {
        return publishing;
    }

    /** Makes and resumes subscriptions of clients that poll. */
    public SubscribeService subscribing() {
        return subscribing;
    }

    /** Makes, resumes, leaves and deletes subscriptions of clients that messages are pushed to. */
    public AttachService attaching() {
        return attaching;
    }

    /** Hands out messages one by one. */
    public PollService polling() {
        return polling;
    }

    /** Hands out messages unasked. */
    public PushScheduler pushes() {
        return pushes;
    }

    /** Takes what clients decide about deliveries. */
    public Settling settling() {
        return settling;
    }

    /** Shows what a client's key has. */
    public Listing listing() {
        return listing;
    }

    /** Sends dead letters back, or drops them. */
    public DeadLetterService deadLetters() {
        return deadLetters;
    }

    /**
     * Whether not even acknowledgements find room: the disk is full, and what is kept in reserve for them is used up. It
     * may last, so nobody should be waited for who is not there any more.
     */
    public boolean isOutOfRoom() {
        return redelivery.pending().waitsForDisk();
    }

    /**
     * What requests have cost so far, in subscriptions and deliveries that had to be looked at. It only grows: who hands
     * requests in and finds that they cost much leaves the others to a later turn.
     */
    public long requestWork() {
        return work.items();
    }

    // --- the turn ---

    /**
     * Starts a turn: runs mailed tasks, applies what the journal has stored, and meets deadlines.
     *
     * @return how much was done, 0 when idle
     */
    public int doWork(long nowNanos) {
        int work = redelivery.advance(nowNanos, clock.epochMillis());
        work += housekeeping.goOn();
        work += mailbox.runAll();
        work += journal.drainStored(state, options.limits().commandsPerTurn());
        redelivery.appendWaiting();
        return work;
    }

    /** What an applied command brings about for the connections. */
    private final class Applied implements BrokerState.Listener {
        @Override
        public void onCreated(DurableSubscription subscription) {
            subscription.startDetached(redelivery.nowNanos(), redelivery.nowMillis());
            subscribing.onCreated(subscription);
        }

        @Override
        public void onSettled(Delivery delivery) {
            redelivery.onSettled(delivery);
        }

        @Override
        public void onLetterUnwanted(DurableSubscription deadLetters, long letterTag, int payloadLength) {
            redelivery.settleLetter(deadLetters, letterTag, payloadLength);
        }

        @Override
        public void onMessage(Topic topic) {
            ready.addTopic(topic);
        }

        @Override
        public void onMessage(DurableSubscription subscription) {
            ready.add(subscription.attachment());
        }
    }

    /** Ends a turn: hands the turn's commands to the log and publishes the counts. Before answers leave. */
    public void endTurn() {
        redelivery.appendWaiting();
        state.trim();
        journal.submit(redelivery.nowNanos());
        boolean unlogged = waitingAcknowledgementCountSinceCheckpoint() > 0;
        boolean due = wantsCheckpoint || journal.isCheckpointDue(redelivery.nowNanos(), unlogged);
        if (due && !isCheckpointing()) {
            beginCheckpoint(false);
        }
        state.capture().goOn(journal);
        counters.add(BrokerMetric.DELAYED, state.memory().delayed() - counters.current(BrokerMetric.DELAYED));
        counters.publish();
    }

    private void beginCheckpoint(boolean keepAll) {
        wantsCheckpoint = false;
        redelivery.pending().onCheckpoint();
        state.capture().begin(journal, new LocalForm(state.time(), redelivery.nowNanos()), keepAll);
    }

    /** How long the core may wait for something to happen before its next turn. */
    public long awaitNanosMax() {
        if (isTickUnderWay() || state.capture().isRunning()) {
            return 0;
        }
        boolean timed = redelivery.isTimed() || journal.hasWaitingSettlements();
        return timed ? TIMED_TURN_NANOS : Long.MAX_VALUE;
    }

    /** The maintenance tick, about once a second; posted to the {@link #mailbox}. */
    public void onTick() {
        housekeeping.onTick();
    }

    /** Whether the last tick's work goes on in the next turn. */
    public boolean isTickUnderWay() {
        return housekeeping.isUnderWay();
    }

    /** The sequence number up to which all journalled commands are stored and have taken effect. */
    public long appliedSequence() {
        return journal.appliedSequence();
    }

    /** From now on publishes and subscriptions are refused and nothing more is delivered; acknowledgements go on. */
    public void beginShutdown() {
        refusals.beginShutdown();
        pushes.stop();
    }

    /**
     * Before {@link #seal}: begins to keep the state, so that the next start has next to nothing to replay.
     *
     * @return false while another checkpoint is being written: call it again in a later turn
     */
    public boolean checkpoint() {
        if (isCheckpointing()) {
            journal.hurryCheckpoint();
            return false;
        }
        beginCheckpoint(true); // nothing is dropped now: the end should not wait for that
        return true;
    }

    /** Whether a checkpoint is being taken or written. */
    public boolean isCheckpointing() {
        return state.capture().isRunning() || journal.isCheckpointing();
    }

    /** Acknowledgements that have taken effect and wait for room in the journal; best none before {@link #seal}. */
    public int waitingAcknowledgementCount() {
        return redelivery.pending().count();
    }

    /** Those of them that came after the last checkpoint was taken. The others are kept by it, once it is written. */
    public int waitingAcknowledgementCountSinceCheckpoint() {
        return redelivery.pending().countSinceCheckpoint();
    }

    /** Ends the journal: what it took is stored, and nothing is taken any more. */
    public void seal() {
        redelivery.appendWaiting();
        settling.seal();
        journal.seal();
    }

    /** Deliveries that are not settled yet, those that wait for redelivery included. */
    public long inflightMessageCount() {
        return counters.current(BrokerMetric.IN_FLIGHT);
    }

    /** All subscriptions by id, whatever they are; for nobody whom others wait behind. */
    public List<SubscriptionInfo> subscriptions(int countMax) {
        List<SubscriptionInfo> result = new ArrayList<>();
        List<SubscriptionInfo> page = subscriptionsBehind(0, countMax);
        while (!page.isEmpty()) {
            result.addAll(page);
            page = subscriptionsBehind(page.get(page.size() - 1).id(), countMax - result.size());
        }
        return result;
    }

    /**
     * Subscriptions for an operator to look at, by id.
     *
     * @param id begins behind it
     * @return at most {@code countMax}; fewer when much had to be read for them, at least one if there is one more
     */
    public List<SubscriptionInfo> subscriptionsBehind(long id, int countMax) {
        List<SubscriptionInfo> page = new ArrayList<>();
        long workEnd = work.items() + options.limits().listWork();
        for (Subscription subscription : state.subscriptionsBehind(id)) {
            if (page.size() >= countMax || !page.isEmpty() && work.items() >= workEnd) {
                break;
            }
            work.add(Housekeeping.LOOK_WORK + subscription.unsettledCount());
            page.add(subscription.info(redelivery));
        }
        return page;
    }

    /**
     * Ends a durable subscription that is detached, with its backlog, as soon as that is stored.
     *
     * @return false when there is none with this id, or the log has no room
     */
    public boolean drop(long subscriptionId) {
        DurableSubscription subscription = state.durable(subscriptionId);
        return subscription != null
                && !subscription.isAttached()
                && housekeeping.remove(subscription, RemoveReason.DROPPED) >= 0;
    }

    /** The way of other threads into the core. */
    public Mailbox mailbox() {
        return mailbox;
    }

    /** What the core counts; its published values may be read by any thread. */
    public BrokerCounters counters() {
        return counters;
    }
}
