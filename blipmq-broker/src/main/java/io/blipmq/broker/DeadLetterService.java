package io.blipmq.broker;

import io.blipmq.broker.DeadLetterProgress.Done;
import io.blipmq.broker.journal.CommandLog;
import io.blipmq.broker.journal.Journal;
import io.blipmq.broker.journal.MessageKeys;
import io.blipmq.broker.journal.SettleReason;
import io.blipmq.broker.journal.StoredMessage;
import io.blipmq.protocol.name.Topics;
import java.nio.ByteBuffer;

/** Sends dead letters back to the subscriptions they failed in, or drops them, because a client says so. Owned by the core thread. */
public final class DeadLetterService {
    /** What reading one letter is taken to cost, in deliveries. */
    private static final int LETTER_WORK = 64;

    private final BrokerOptions options;
    private final BrokerCounters counters;
    private final SubscriptionTable subscriptions;
    private final Journal journal;
    private final Deliveries deliveries;
    private final Settlements settlements;
    private final TurnClock clock;
    private final WorkMeter work;
    private final Refusals refusals;

    DeadLetterService(
            BrokerOptions options,
            BrokerCounters counters,
            SubscriptionTable subscriptions,
            Journal journal,
            Deliveries deliveries,
            Settlements settlements,
            TurnClock clock,
            WorkMeter work,
            Refusals refusals) {
        this.options = options;
        this.counters = counters;
        this.subscriptions = subscriptions;
        this.journal = journal;
        this.deliveries = deliveries;
        this.settlements = settlements;
        this.clock = clock;
        this.work = work;
        this.refusals = refusals;
    }

    /** What is done with one letter. */
    private interface Action {
        Done on(Client client, StoredSubscription letters, StoredMessage letter, Delivery delivery);
    }

    /**
     * Sends dead letters back to the subscriptions they failed in, or to another one, as if they had never been
     * delivered, oldest first.
     *
     * @param progress the client's own; after {@link Outcome#BUSY} it says where the same request goes on in a later turn,
     *     after {@link Outcome#DONE} it has the answer
     * @return {@link Outcome#DONE}, {@link Outcome#UNKNOWN} (no such dead-letter subscription, or no letter with this tag),
     *     {@link Outcome#UNKNOWN_TARGET}, {@link Outcome#BUSY}, {@link Outcome#DISK_FULL} or {@link Outcome#SHUTTING_DOWN}
     */
    public Outcome redrive(Client client, DeadLetterRequest request, DeadLetterProgress progress) {
        long targetId = request.which().targetId();
        if (targetId == 0) {
            return act(client, request, progress, this::redrive);
        }
        StoredSubscription target = subscriptions.stored(targetId);
        if (target == null || !target.belongsTo(client) || target.isDeadLetters() || target.endsWithConnection()) {
            return refusals.count(progress.stop(refusals.isRefusing() ? refusals.reason() : Outcome.UNKNOWN_TARGET));
        }
        return act(
                client,
                request,
                progress,
                (asking, letters, letter, inHand) -> redrive(asking, letters, letter, inHand, target));
    }

    /**
     * Drops dead letters, oldest first. Parameters and answers as for {@link #redrive}: they are gone for good when the
     * answer may be sent.
     */
    public Outcome purge(Client client, DeadLetterRequest request, DeadLetterProgress progress) {
        return act(client, request, progress, this::purge);
    }

    private Outcome act(Client client, DeadLetterRequest request, DeadLetterProgress progress, Action action) {
        return refusals.count(
                refusals.isRefusing() ? progress.stop(refusals.reason()) : each(client, request, progress, action));
    }

    private Outcome each(Client client, DeadLetterRequest request, DeadLetterProgress progress, Action action) {
        StoredSubscription letters = subscriptions.usable(request.subscriptionId(), client);
        if (letters == null || !letters.isDeadLetters()) {
            return progress.stop(Outcome.UNKNOWN);
        }
        LetterSelection which = request.which();
        progress.goOn(which, journal.log().appliedSequence());
        LetterWalk walk = new LetterWalk(letters, progress.after());
        boolean one = which.tag() != 0;
        int seenMax = one ? 1 : options.limits().lettersPerRequest();
        int seenBefore = progress.seen();
        long bytes = 0;
        while (progress.done() < request.count() && progress.seen() < seenMax) {
            if (progress.seen() - seenBefore == options.limits().lettersPerTurn()
                    || bytes >= options.limits().letterBytesPerTurn()) {
                return Outcome.BUSY;
            }
            StoredMessage letter = walk.next();
            work.add(LETTER_WORK);
            if (one && (letter == null || letter.sequence != which.tag())) {
                return progress.stop(Outcome.UNKNOWN);
            }
            if (!progress.isWithin(letter)) {
                return progress.end(false);
            }
            Done done = isAbout(which, letter) ? action.on(client, letters, letter, walk.delivery()) : Done.PASSED;
            if (done == Done.JOURNAL_BUSY) {
                return Outcome.BUSY;
            }
            if (done == Done.DISK_FULL) {
                return progress.endOfRoom(Outcome.DISK_FULL);
            }
            progress.on(letter, done);
            bytes += letter.payloadLength;
        }
        return progress.end(!one && progress.isWithin(walk.next()));
    }

    /** The answer to the request waits until the command is stored. */
    private static Done journalled(Client client, long answer) {
        if (answer < 0) {
            return answer == CommandLog.FULL ? Done.DISK_FULL : Done.JOURNAL_BUSY;
        }
        client.lastSequence(answer);
        return Done.ACTED;
    }

    private boolean isAbout(LetterSelection which, StoredMessage letter) {
        return which.originId() == 0 || journal.messages().originId(letter) == which.originId();
    }

    private Done redrive(Client client, StoredSubscription letters, StoredMessage letter, Delivery inHand) {
        return redrive(
                client,
                letters,
                letter,
                inHand,
                subscriptions.stored(journal.messages().originId(letter)));
    }

    private Done redrive(
            Client client,
            StoredSubscription letters,
            StoredMessage letter,
            Delivery inHand,
            StoredSubscription target) {
        if (target == null || target.life().isRemoving()) {
            return Done.GONE;
        }
        if (target.heldCount(options.limits()) >= options.inFlightMax()
                || !deliveries.memory().mayHoldAnother(target.keptCount())) {
            return Done.FULL;
        }
        clock.tell(journal.log());
        byte[] properties = LetterProperties.own(letter, journal.messages());
        if (target.topic().filter() != null) {
            byte[] named = LetterProperties.namedTopic(letter, journal.messages());
            byte[] topic = named == null ? Topics.originName(letters.topic().name()) : named;
            properties = LetterProperties.withTopic(properties, topic);
        }
        long sequence = journal.log()
                .appendRedrive(
                        target.id(),
                        letters.id(),
                        MessageKeys.ofRedriven(target.id()),
                        letter,
                        properties,
                        expiresMillis(properties));
        if (sequence >= 0) {
            deliveries.goBack(inHand == null ? letters.takeOut(letter) : inHand);
            target.countComingRedrives(1);
            counters.increment(BrokerMetric.REDRIVEN);
        }
        return journalled(client, sequence);
    }

    /** Its time begins anew, or it would often be over already. */
    private long expiresMillis(byte[] properties) {
        long own = LetterProperties.ttlMillis(ByteBuffer.wrap(properties), 0, properties.length);
        return options.expiresMillis(clock.nowMillis(), own);
    }

    private Done purge(Client client, StoredSubscription letters, StoredMessage letter, Delivery inHand) {
        return journalled(client, settlements.settle(letters, letter, SettleReason.PURGED, BrokerMetric.PURGED));
    }
}
