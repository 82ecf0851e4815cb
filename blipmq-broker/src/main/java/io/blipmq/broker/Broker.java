package io.blipmq.broker;

import io.blipmq.broker.journal.CommandLog;
import io.blipmq.broker.journal.Journal;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.journal.RemoveReason;
import io.blipmq.broker.journal.RoleHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The broker: its turn, its beginning and its end, and the services that sessions ask. Owned by the core
 * thread, which runs {@link #doWork} once a turn, then the sessions' requests, then {@link #endTurn}; only {@link #mailbox} and
 * {@link #counters} are for other threads. A service is asked for anew each time: that another thread asks is asserted here.
 *
 * <p>A QoS 1 publish is appended to the {@link Journal}, and becomes visible when the journal hands it back stored: {@link
 * BrokerState} applies it, and the subscriptions find it.
 */
public final class Broker {
    /** Deadlines are met, and settlements leave, to within this. */
    private static final long TIMED_TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final String NOT_OWNER = "the core belongs to another thread";

    private final BrokerOptions options;
    private final BrokerClock clock;
    private final BrokerCounters counters = new BrokerCounters();
    private final Mailbox mailbox = new Mailbox();
    private final Journal journal;
    private final CommandLog log;
    private final Refusals refusals = new Refusals(counters);
    private final WorkMeter work = new WorkMeter();
    private final Supplier<BrokerState> applied = this::state;
    private final RoleHandler roles = new Roles();
    private final OwnerThread thread = new OwnerThread();
    private Core core;
    private long stateReplacements;
    /** Whether the start has found what a checkpoint should keep. */
    private boolean wantsCheckpoint;

    private Broker(BrokerOptions options, BrokerClock clock, Journal.Opener opener) throws IOException {
        this.options = options;
        this.clock = clock;
        BrokerState state = new BrokerState(options, counters, work);
        this.journal = opener.open(state);
        this.log = journal.log();
        state.messages(journal.messages());
        this.core = new Core(options, counters, state, journal, clock, refusals);
        if (log.isReplicated()) {
            refusals.leading(false);
            state.follow();
            core.listen();
        } else {
            core.start();
            wantsCheckpoint = state.time().hasNewJumps();
        }
        counters.publish();
    }

    /** Opens the journal and rebuilds topics and subscriptions from it; durable ones start detached. */
    public static Broker open(BrokerOptions options, BrokerClock clock, Journal.Opener opener) throws IOException {
        return new Broker(options, clock, opener);
    }

    /**
     * Makes the calling thread the owner, which at first is the one that asks for anything first. The former owner has to be
     * between two turns, and what it did has to be visible here.
     */
    public void adopt() {
        thread.adopt();
    }

    /** The core, for a caller from outside. */
    private Core core() {
        assert thread.isCurrent() : NOT_OWNER;
        return core;
    }

    // --- connections ---

    /**
     * Registers an authenticated connection that polls.
     *
     * @param address where it comes from
     */
    public Client connect(OwnerId owner, String address) {
        return connect(new Client(owner, address));
    }

    /**
     * Registers an authenticated connection that messages are pushed to.
     *
     * @param name what the client calls itself, for an operator's eyes
     * @param address where it comes from
     */
    public Client connect(OwnerId owner, String name, String address, PushSink sink) {
        return connect(new Client(owner, name, address, sink));
    }

    private Client connect(Client client) {
        client.connectedTo(stateReplacements);
        return client;
    }

    /** The connection is gone: its QoS 0 subscriptions end, its durable ones are detached. */
    public void disconnect(Client client) {
        AttachService attaching = core().attaching;
        if (client.isConnectedTo(stateReplacements)) {
            attaching.release(client); // else its subscriptions have ended with the state that they were of
        }
    }

    // --- requests ---

    // A request that is journalled moves the client's lastSequence; its answer may leave once appliedSequence has
    // reached that.

    /** Takes messages in. */
    public PublishService publishing() {
        return core().publishing;
    }

    /** Makes and resumes subscriptions of clients that poll. */
    public SubscribeService subscribing() {
        return core().subscribing;
    }

    /** Makes, resumes, leaves and deletes subscriptions of clients that messages are pushed to. */
    public AttachService attaching() {
        return core().attaching;
    }

    /** Hands out messages one by one. */
    public PollService polling() {
        return core().polling;
    }

    /** Hands out messages unasked. */
    public PushScheduler pushes() {
        return core().pushes;
    }

    /** Takes what clients decide about deliveries. */
    public SettleService settling() {
        return core().settling;
    }

    /** Shows what a client's key has. */
    public Listing listing() {
        return core().listing;
    }

    /** Sends dead letters back, or drops them. */
    public DeadLetterService deadLetters() {
        return core().deadLetters;
    }

    /** Shows what is to be published later, and cancels it. */
    public ScheduleService scheduling() {
        return core().scheduling;
    }

    /**
     * Whether not even acknowledgements find room: the disk is full, and what is kept in reserve for them is used up. It
     * may last, so nobody should be waited for who is not there any more.
     */
    public boolean isOutOfRoom() {
        return core().settlements.pending().waitsForDisk();
    }

    /**
     * What requests have cost so far, in subscriptions and deliveries that had to be looked at. It only grows: who hands
     * requests in and finds that they cost much leaves the others to a later turn.
     */
    public long requestWork() {
        assert thread.isCurrent() : NOT_OWNER;
        return work.items();
    }

    // --- the turn ---

    /**
     * Starts a turn: meets deadlines, goes on with the last tick's work, runs mailed tasks, applies what the journal has
     * stored, and publishes what is due.
     *
     * @return how much was done, 0 when idle
     */
    public int doWork(long nowNanos) {
        assert thread.isCurrent() : NOT_OWNER;
        core.clock.advance(nowNanos);
        int done = core.deliveries.advance();
        done += core.housekeeping.goOn();
        done += mailbox.runAll();
        done += log.drain(applied, roles, options.limits().commandsPerTurn());
        done += core.due.advance();
        core.deliveries.appendWaiting();
        core.state.advanceFollowed();
        return done;
    }

    // --- roles, where several nodes keep the log together ---

    /** Whether this node decides: a daemon on its own always does. */
    public boolean isLeading() {
        assert thread.isCurrent() : NOT_OWNER;
        return refusals.isLeading();
    }

    /**
     * How often the state has been replaced: because this node ceased to lead, or got another node's. What clients had of the
     * state before is gone, and what they asked for may never take effect.
     */
    public long stateReplacements() {
        return stateReplacements;
    }

    /** What this node's log has led to, for another node that is to go on from there; the same bytes on every node. */
    public ByteBuffer replicatedState() {
        return ReplicatedForm.write(core().state);
    }

    /** Equal on two nodes that have applied the same commands. */
    public long replicatedDigest() {
        return ReplicatedForm.digest(core().state);
    }

    /** Replaces the state and all that works on it. What connections had of the old one is gone. */
    private void replace(BrokerState state) {
        stateReplacements++;
        refusals.leading(false);
        state.follow();
        state.messages(journal.messages());
        core = new Core(options, counters, state, journal, clock, refusals);
    }

    /** What commands are applied to just now. */
    private BrokerState state() {
        return core.state;
    }

    private BrokerState emptyState() {
        counters.clearGauges();
        return new BrokerState(options, counters, work);
    }

    /** What becomes of this node. */
    private final class Roles implements RoleHandler {
        @Override
        public void onLeading() {
            refusals.leading(true);
            core.lead();
        }

        /** Whatever clients have in hand, and whatever was appended and not applied, is forgotten. */
        @Override
        public void onLost(long fromNumber) {
            BrokerState old = core.state;
            replace(emptyState());
            core.state.rebuild(old);
            core.listen();
        }

        @Override
        public void onImage(long throughNumber, ByteBuffer image) {
            replace(emptyState());
            core.state.onCheckpoint(image);
            core.listen();
        }
    }

    /** Ends a turn: hands the turn's commands to the log and publishes the counts. Before answers leave. */
    public void endTurn() {
        assert thread.isCurrent() : NOT_OWNER;
        core.deliveries.appendWaiting();
        core.state.trim();
        log.submit(core.clock.nowNanos());
        boolean unlogged = waitingAcknowledgementCountSinceCheckpoint() > 0;
        boolean due = wantsCheckpoint || journal.snapshots().isDue(core.clock.nowNanos(), unlogged);
        if (due && !isCheckpointing()) {
            beginCheckpoint(false);
        }
        core.state.capture().goOn(journal.snapshots());
        counters.add(
                BrokerMetric.DELAYED,
                core.state.subscriptions().memory().delayed() - counters.current(BrokerMetric.DELAYED));
        counters.publish();
    }

    private void beginCheckpoint(boolean keepAll) {
        wantsCheckpoint = false;
        core.settlements.pending().onCheckpoint();
        if (!log.isReplicated()) {
            core.due.raiseFirst();
        }
        CheckpointCapture.Form form =
                log.isReplicated() ? ReplicatedForm.of(core.state) : new LocalForm(core.state, core.clock.nowNanos());
        core.state.capture().begin(journal.snapshots(), form, keepAll);
    }

    /** How long the core may wait for something to happen before its next turn. */
    public long awaitNanosMax() {
        if (isTickUnderWay() || core.state.capture().isRunning()) {
            return 0;
        }
        boolean timed = core.deliveries.isTimed() || log.hasWaitingSettlements();
        return Math.min(timed ? TIMED_TURN_NANOS : Long.MAX_VALUE, core.due.awaitNanosMax());
    }

    /** The maintenance tick, about once a second; posted to the {@link #mailbox}. */
    public void onTick() {
        assert thread.isCurrent() : NOT_OWNER;
        if (refusals.isLeading()) {
            core.housekeeping.onTick();
        }
    }

    /** Whether the last tick's work goes on in the next turn. */
    public boolean isTickUnderWay() {
        return core().housekeeping.isUnderWay();
    }

    /** The sequence number up to which all journalled commands are stored and have taken effect. */
    public long appliedSequence() {
        assert thread.isCurrent() : NOT_OWNER;
        return log.appliedSequence();
    }

    /** From now on publishes and subscriptions are refused and nothing more is delivered; acknowledgements go on. */
    public void beginShutdown() {
        refusals.beginShutdown();
        core().pushes.stop();
    }

    /**
     * Before {@link #seal}: begins to keep the state, so that the next start has next to nothing to replay.
     *
     * @return false while another checkpoint is being written: call it again in a later turn
     */
    public boolean checkpoint() {
        if (isCheckpointing()) {
            journal.snapshots().hurry();
            return false;
        }
        beginCheckpoint(true); // nothing is dropped now: the end should not wait for that
        return true;
    }

    /** Whether a checkpoint is being taken or written. */
    public boolean isCheckpointing() {
        return core().state.capture().isRunning() || journal.snapshots().isBeingKept();
    }

    /** Acknowledgements that have taken effect and wait for room in the journal; best none before {@link #seal}. */
    public int waitingAcknowledgementCount() {
        return core().settlements.pending().count();
    }

    /** Those of them that came after the last checkpoint was taken. The others are kept by it, once it is written. */
    public int waitingAcknowledgementCountSinceCheckpoint() {
        return core().settlements.pending().countSinceCheckpoint();
    }

    /** Ends the journal: what it took is stored, and nothing is taken any more. */
    public void seal() {
        core().deliveries.appendWaiting();
        core.settling.seal();
        log.seal();
    }

    /** Deliveries that are not settled yet, those that wait for redelivery included. */
    public long inflightMessageCount() {
        assert thread.isCurrent() : NOT_OWNER;
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
        for (Subscription subscription : core().state.subscriptions().behind(id)) {
            if (page.size() >= countMax || !page.isEmpty() && work.items() >= workEnd) {
                break;
            }
            work.add(Housekeeping.LOOK_WORK + subscription.unsettledCount());
            page.add(subscription.info(core.deliveries));
        }
        return page;
    }

    /**
     * Ends a durable subscription that is detached, with its backlog, as soon as that is stored.
     *
     * @return false when there is none with this id, or the log has no room
     */
    public boolean drop(long subscriptionId) {
        StoredSubscription subscription = core().state.subscriptions().stored(subscriptionId);
        return subscription != null
                && !subscription.life().isAttached()
                && core.housekeeping.remove(subscription, RemoveReason.DROPPED) >= 0;
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
