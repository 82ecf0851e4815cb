package io.blipmq.broker;

import java.nio.ByteBuffer;

/** Sends dead letters back to the subscriptions they failed in, or drops them, because a client says so. Owned by the core thread. */
final class DeadLetterOps {
    /** Bounds what one request does; who wants more asks again. */
    private static final int LETTERS_PER_REQUEST_MAX = 10_000;

    private final BrokerOptions options;
    private final BrokerCounters counters;
    private final BrokerState state;
    private final Journal journal;
    private final Redelivery redelivery;

    DeadLetterOps(
            BrokerOptions options, BrokerCounters counters, BrokerState state, Journal journal, Redelivery redelivery) {
        this.options = options;
        this.counters = counters;
        this.state = state;
        this.journal = journal;
        this.redelivery = redelivery;
    }

    /** What is done with one letter. */
    private interface Action {
        /** @return positive when it was done, 0 when it cannot be, or a refusal */
        long on(DurableSubscription letters, StoredMessage letter, Delivery delivery);
    }

    /** @return how many, or a refusal of {@link PushBroker#redrive} */
    long redrive(Client client, long subscriptionId, long count, long tag) {
        return each(client, subscriptionId, count, tag, this::redrive);
    }

    /** @return how many, or a refusal of {@link PushBroker#purge} */
    long purge(Client client, long subscriptionId, long count, long tag) {
        return each(client, subscriptionId, count, tag, this::purge);
    }

    private long each(Client client, long subscriptionId, long count, long tag, Action action) {
        DurableSubscription letters = state.durable(subscriptionId);
        if (letters == null || !letters.isDeadLetters() || !letters.belongsTo(client) || letters.isRemoving()) {
            return Broker.UNKNOWN;
        }
        LetterWalk walk = new LetterWalk(letters, journal, Math.max(tag - 1, 0));
        long wanted = tag == 0 ? count : 1;
        long done = 0;
        for (int seen = 0; done < wanted && seen < LETTERS_PER_REQUEST_MAX; seen++) {
            StoredMessage letter = walk.next();
            if (letter == null || tag != 0 && letter.sequence != tag) {
                return tag == 0 ? done : Broker.UNKNOWN;
            }
            long answer = action.on(letters, letter, walk.delivery());
            if (answer < 0) {
                return done == 0 ? answer : done;
            }
            if (answer > 0) {
                done++;
                client.lastSequence(answer);
            } else if (tag != 0) {
                return 0;
            }
        }
        return done;
    }

    private long redrive(DurableSubscription letters, StoredMessage letter, Delivery inHand) {
        DurableSubscription target = state.durable(journal.originId(letter));
        if (target == null
                || target.isRemoving()
                || target.unsettled().size() + target.comingRedrives() >= options.inFlightMax()) {
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
        redelivery.leaveHolder(delivery);
        delivery.state = Delivery.State.MOVING;
    }

    /** Its time begins anew, or it would often be over already. */
    private long expiresMillis(byte[] properties) {
        long own = LetterProperties.ttlMillis(ByteBuffer.wrap(properties), 0, properties.length);
        return Publishing.expiresMillis(redelivery.nowMillis(), own == 0 ? options.messageTtlMillis() : own);
    }

    private long purge(DurableSubscription letters, StoredMessage letter, Delivery inHand) {
        boolean purged = redelivery.trySettle(letters, letter, SettleReason.PURGED, BrokerMetric.PURGED);
        return purged ? 1 : Broker.BUSY;
    }
}
