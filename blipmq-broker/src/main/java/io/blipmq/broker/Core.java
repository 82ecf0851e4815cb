package io.blipmq.broker;

import io.blipmq.broker.journal.CommandLog;
import io.blipmq.broker.journal.Journal;
import io.blipmq.broker.journal.ReplicatedSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that works on one {@link BrokerState}: the life of its deliveries, what sessions ask for, the maintenance. Owned by the
 * core thread. When the state is replaced, or is not this node's to decide about any more, a new one is made: what belongs to
 * connections and to time ends with the old one.
 */
final class Core {
    private static final Logger logger = LoggerFactory.getLogger(Core.class);

    final BrokerState state;
    final TurnClock clock;
    final Settlements settlements;
    final Deliveries deliveries;
    final Housekeeping housekeeping;
    final PublishService publishing;
    final SubscribeService subscribing;
    final AttachService attaching;
    final PollService polling;
    final PushScheduler pushes;
    final SettleService settling;
    final Listing listing;
    final DeadLetterService deadLetters;
    final DueMessages due;
    final ScheduleService scheduling;

    private final BrokerOptions options;
    private final Journal journal;
    private final ReadyList ready = new ReadyList();

    Core(
            BrokerOptions options,
            BrokerCounters counters,
            BrokerState state,
            Journal journal,
            BrokerClock brokerClock,
            Refusals refusals) {
        WorkMeter work = state.work();
        CommandLog log = journal.log();
        SubscriptionTable subscriptions = state.subscriptions();
        this.options = options;
        this.state = state;
        this.journal = journal;
        this.clock = new TurnClock(state.time(), brokerClock);
        DeadlineWheel deadlines = new DeadlineWheel(clock.nowNanos(), options.limits());
        this.settlements = new Settlements(options.limits(), counters, log, deadlines, ready);
        this.deliveries = new Deliveries(options, counters, state, journal, clock, deadlines, settlements, ready);
        this.housekeeping = new Housekeeping(
                options, counters, subscriptions, log, deliveries, settlements.pending(), clock, ready, work);
        this.subscribing =
                new SubscribeService(options, counters, subscriptions, log, deliveries, clock, work, refusals);
        this.pushes = new PushScheduler(options.limits(), ready, deliveries, counters, work);
        state.schedules().journal(journal);
        this.due = new DueMessages(options, state, journal, clock, refusals);
        OnceJournal once = new OnceJournal(state, log, options.deduplication());
        this.publishing =
                new PublishService(options, counters, subscriptions, log, once, clock, ready, pushes, due, refusals);
        this.attaching = new AttachService(
                counters, subscriptions, settlements.pending(), subscribing, housekeeping, ready, work, refusals);
        this.polling = new PollService(counters, subscriptions, deliveries, subscribing, refusals);
        this.settling = new SettleService(subscriptions, deliveries, settlements, work, refusals);
        this.listing = new Listing(options.limits(), subscriptions, deliveries, clock, journal.messages(), work);
        this.deadLetters = new DeadLetterService(
                options, counters, subscriptions, journal, deliveries, settlements, clock, work, refusals);
        this.scheduling = new ScheduleService(options.limits(), state, journal.messages(), due, refusals);
    }

    /** Applied commands take effect for connections from now on. */
    void listen() {
        state.listener(new Applied());
    }

    /** A daemon on its own has restored and replayed its state: what its local state was is taken up. */
    void start() {
        clock.start(journal.log().appliedSequence());
        for (StoredSubscription subscription : state.subscriptions().storedBehind(0)) {
            subscription
                    .life()
                    .onStarted(clock.nowNanos(), clock.nowMillis(), state.time().restoredMillis());
            deliveries.onRestored(subscription);
        }
        listen();
    }

    /** This node leads from now on: nobody has anything in hand, and all subscriptions have just been detached. */
    void lead() {
        state.lead();
        clock.startLeading();
        for (StoredSubscription subscription : state.subscriptions().storedBehind(0)) {
            subscription.life().startDetached(clock.nowNanos(), clock.nowMillis());
            subscription.unsettled().allDue();
        }
        agreeOnSettings();
    }

    private void agreeOnSettings() {
        ReplicatedSettings own = BrokerState.settingsOf(options);
        if (!state.hasAgreedSettings()) {
            journal.log().appendSettings(own); // refused: the next one to lead does it
        } else if (!state.settings().equals(own)) {
            logger.warn(
                    "this node is configured with {}; it goes by what the nodes have agreed on, {}",
                    own,
                    state.settings());
        }
    }

    /** What an applied command brings about for the connections. */
    private final class Applied implements BrokerState.Listener {
        @Override
        public void onCreated(StoredSubscription subscription) {
            subscription.life().startDetached(clock.nowNanos(), clock.nowMillis());
            subscribing.onCreated(subscription);
        }

        @Override
        public void onSettled(Delivery delivery) {
            settlements.onSettled(delivery);
        }

        @Override
        public void onLetterUnwanted(StoredSubscription deadLetters, long letterTag, int payloadLength) {
            settlements.settleLetter(deadLetters, letterTag, payloadLength);
        }

        @Override
        public void onMessage(MessageStream stream) {
            ready.addStream(stream);
        }

        @Override
        public void onScheduled(long sequence, long position, long dueMillis) {
            due.onScheduled(sequence, position, dueMillis);
        }

        @Override
        public void onUnscheduled(long number) {
            due.onEnded(number);
        }

        @Override
        public void onMessage(StoredSubscription subscription) {
            ready.add(subscription.target());
        }
    }
}
