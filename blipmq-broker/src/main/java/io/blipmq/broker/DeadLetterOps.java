package io.blipmq.broker;

import java.nio.ByteBuffer;

/** Sends dead letters back to the subscriptions they failed in, or drops them, because a client says so. Owned by the core thread. */
final class DeadLetterOps {
    /** Bounds what one request does; who wants more asks again. */
    private static final int LETTERS_PER_REQUEST_MAX = 10_000;
    /** Bounds the work of a turn, so that others are served in between. */
    private static final int LETTERS_PER_TURN_MAX = 500;
    /** Likewise; a larger letter has a turn of its own. */
    private static final int BYTES_PER_TURN_MAX = 1 << 20;
    /** What reading one letter is taken to cost, in deliveries. */
    private static final int LETTER_WORK = 64;

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
        /** @return the number of the command that does it, 0 when it cannot be done, or a refusal */
        long on(DurableSubscription letters, StoredMessage letter, Delivery delivery);
    }

    /** @return how many, or a refusal of {@link PushBroker#redrive} */
    long redrive(Client client, long subscriptionId, long count, long tag, DeadLetterProgress progress) {
        return each(client, subscriptionId, count, tag, progress, this::redrive);
    }

    /** @return how many, or a refusal of {@link PushBroker#purge} */
    long purge(Client client, long subscriptionId, long count, long tag, DeadLetterProgress progress) {
        return each(client, subscriptionId, count, tag, progress, this::purge);
    }

    private long each(
            Client client, long subscriptionId, long count, long tag, DeadLetterProgress progress, Action action) {
        DurableSubscription letters = state.durable(subscriptionId);
        if (letters == null || !letters.isDeadLetters() || !letters.belongsTo(client) || letters.isRemoving()) {
            return progress.end(Broker.UNKNOWN);
        }
        LetterWalk walk = new LetterWalk(letters, journal, Math.max(tag - 1, progress.after));
        long wanted = tag == 0 ? count : 1;
        int seenBefore = progress.seen;
        long bytes = 0;
        while (progress.done < wanted && progress.seen < (tag == 0 ? LETTERS_PER_REQUEST_MAX : 1)) {
            if (progress.seen - seenBefore == LETTERS_PER_TURN_MAX || bytes >= BYTES_PER_TURN_MAX) {
                return Broker.BUSY;
            }
            StoredMessage letter = walk.next();
            work.add(LETTER_WORK);
            if (letter == null || tag != 0 && letter.sequence != tag) {
                return progress.end(tag == 0 ? 0 : Broker.UNKNOWN);
            }
            long answer = action.on(letters, letter, walk.delivery());
            if (answer < 0) {
                return answer == Broker.BUSY ? answer : progress.end(answer);
            }
            progress.seen++;
            progress.after = letter.sequence;
            bytes += letter.payloadLength;
            if (answer > 0) {
                progress.done++;
                client.lastSequence(answer);
            }
        }
        return progress.end(0);
    }

    private long redrive(DurableSubscription letters, StoredMessage letter, Delivery inHand) {
        DurableSubscription target = state.durable(journal.originId(letter));
        if (target == null || target.isRemoving() || target.heldCount() >= options.inFlightMax()) {
            return 0;
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
