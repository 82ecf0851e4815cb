package io.blipmq.broker;

import io.blipmq.protocol.v2.LettersRequest;
import java.nio.ByteBuffer;

/** Sends dead letters back to the subscriptions they failed in, or drops them, because a client says so. Owned by the core thread. */
final class DeadLetterOps {
    /** What reading one letter is taken to cost, in deliveries. */
    private static final int LETTER_WORK = 64;

    /** A letter stays: the request is not about it. */
    static final long PASSED = 0;

    /** A letter stays: its subscription is gone. */
    static final long GONE = Long.MIN_VALUE;

    /** A letter stays: its subscription has as many unsettled deliveries as it may. */
    static final long FULL = Long.MIN_VALUE + 1;

    private final BrokerOptions options;
    private final BrokerCounters counters;
    private final BrokerState state;
    private final Journal journal;
    private final Redelivery redelivery;
    private final WorkMeter work;

    DeadLetterOps(
            BrokerOptions options,
            BrokerCounters counters,
            BrokerState state,
            Journal journal,
            Redelivery redelivery,
            WorkMeter work) {
        this.options = options;
        this.counters = counters;
        this.state = state;
        this.journal = journal;
        this.redelivery = redelivery;
        this.work = work;
    }

    /** What is done with one letter. */
    private interface Action {
        /** @return the number of the command that does it, {@link #GONE}, {@link #FULL}, or a refusal of the journal */
        long on(DurableSubscription letters, StoredMessage letter, Delivery delivery);
    }

    /** @return 0, or a refusal of {@link PushBroker#redrive} */
    long redrive(Client client, long subscriptionId, long count, LettersRequest which, DeadLetterProgress progress) {
        if (which.target() == 0) {
            return each(client, subscriptionId, count, which, progress, this::redrive);
        }
        DurableSubscription target = state.durable(which.target());
        if (target == null || !target.belongsTo(client) || target.isDeadLetters() || target.isPassing()) {
            return progress.stop(Broker.UNKNOWN_TARGET);
        }
        return each(
                client,
                subscriptionId,
                count,
                which,
                progress,
                (letters, letter, inHand) -> redrive(letters, letter, inHand, target));
    }

    /** @return 0, or a refusal of {@link PushBroker#purge} */
    long purge(Client client, long subscriptionId, long count, LettersRequest which, DeadLetterProgress progress) {
        return each(client, subscriptionId, count, which, progress, this::purge);
    }

    private long each(
            Client client,
            long subscriptionId,
            long count,
            LettersRequest which,
            DeadLetterProgress progress,
            Action action) {
        DurableSubscription letters = state.durable(subscriptionId);
        if (letters == null || !letters.isDeadLetters() || !letters.belongsTo(client) || letters.isRemoving()) {
            return progress.stop(Broker.UNKNOWN);
        }
        progress.goOn(which, journal.appliedSequence());
        LetterWalk walk = new LetterWalk(letters, progress.after());
        boolean one = which.tag() != 0;
        int seenMax = one ? 1 : options.limits().lettersPerRequest();
        int seenBefore = progress.seen();
        long bytes = 0;
        while (progress.done() < count && progress.seen() < seenMax) {
            if (progress.seen() - seenBefore == options.limits().lettersPerTurn()
                    || bytes >= options.limits().letterBytesPerTurn()) {
                return Broker.BUSY;
            }
            StoredMessage letter = walk.next();
            work.add(LETTER_WORK);
            if (one && (letter == null || letter.sequence != which.tag())) {
                return progress.stop(Broker.UNKNOWN);
            }
            if (!progress.isWithin(letter)) {
                return progress.end(false);
            }
            long answer = isAbout(which, letter) ? action.on(letters, letter, walk.delivery()) : PASSED;
            if (answer == Broker.BUSY) {
                return answer;
            }
            if (answer == Broker.DISK_FULL) {
                return progress.endOfRoom(answer);
            }
            if (answer > 0) {
                client.lastSequence(answer);
            }
            progress.on(letter, answer);
            bytes += letter.payloadLength;
        }
        return progress.end(!one && progress.isWithin(walk.next()));
    }

    private boolean isAbout(LettersRequest which, StoredMessage letter) {
        return which.origin() == 0 || journal.originId(letter) == which.origin();
    }

    private long redrive(DurableSubscription letters, StoredMessage letter, Delivery inHand) {
        return redrive(letters, letter, inHand, state.durable(journal.originId(letter)));
    }

    private long redrive(
            DurableSubscription letters, StoredMessage letter, Delivery inHand, DurableSubscription target) {
        if (target == null || target.isRemoving()) {
            return GONE;
        }
        if (target.heldCount(options.limits()) >= options.inFlightMax()
                || !state.memory().mayHoldAnother(target.keptCount())) {
            return FULL;
        }
        byte[] properties = LetterProperties.own(letter, journal);
        long sequence = journal.appendRedrive(
                target.id(),
                letters.id(),
                MessageKeys.ofRedriven(target.id()),
                letter,
                properties,
                expiresMillis(properties));
        if (sequence < 0) {
            return sequence;
        }
        goBack(inHand == null ? letters.takeOut(letter) : inHand);
        target.countComingRedrives(1);
        counters.increment(BrokerMetric.REDRIVEN);
        return sequence;
    }

    /** Until the command is stored nobody gets the letter. */
    private void goBack(Delivery delivery) {
        redelivery.deadlines().cancel(delivery);
        redelivery.leaveHand(delivery);
        delivery.transitionTo(Delivery.State.MOVING);
    }

    /** Its time begins anew, or it would often be over already. */
    private long expiresMillis(byte[] properties) {
        long own = LetterProperties.ttlMillis(ByteBuffer.wrap(properties), 0, properties.length);
        return Publishing.expiresMillis(redelivery.nowMillis(), own == 0 ? options.messageTtlMillis() : own);
    }

    private long purge(DurableSubscription letters, StoredMessage letter, Delivery inHand) {
        return redelivery.settle(letters, letter, SettleReason.PURGED, BrokerMetric.PURGED);
    }
}
