package io.blipmq.broker.simulation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The end of a run: everything that is owed is asked for and acknowledged, and then nothing may be left, after a restart
 * neither. Owned by the simulation's thread.
 */
final class Draining {
    /** Rounds in a row that settle nothing. A log that takes few bytes at a time takes one dead letter a round. */
    private static final int IDLE_ROUNDS_MAX = 200;

    private static final int BACKGROUND_STEPS_MAX = 300;

    private final SimulatedMachine machine;
    private final Model model;
    private final Turns turns;
    private final List<SimulatedKey> keys;

    Draining(SimulatedMachine machine, Model model, Turns turns, List<SimulatedKey> keys) {
        this.machine = machine;
        this.model = model;
        this.turns = turns;
        this.keys = keys;
    }

    void run() throws IOException {
        machine.storage().clearFaults();
        turns.clients().stream().filter(PushedClient.class::isInstance).forEach(SimulatedClient::hangUp);
        settleDown();
        awaitScheduled();
        long least = Long.MAX_VALUE;
        int idleRounds = 0;
        for (int round = 0; round < 3 || isAnythingUnderWay() || isAnythingOwed(); round++) {
            Check.that(idleRounds < IDLE_ROUNDS_MAX, () -> "still owed after draining: " + owed());
            drainOnce();
            idleRounds = owedCount() < least ? 0 : idleRounds + 1;
            least = Math.min(least, owedCount());
        }
        if (machine.hasCheckpoints()) {
            new DiskBound(machine, model, turns).check(() -> {});
        }
        restartCleanly();
        pollAll(false);
        restartCleanly();
        Check.that(!isAnythingOwed(), () -> "owed again after a clean restart: " + owed());
    }

    /** Everything that is scheduled is published, however late. */
    private void awaitScheduled() {
        for (int round = 0; model.schedule().count() > 0; round++) {
            int rounds = round;
            Check.that(
                    rounds < IDLE_ROUNDS_MAX,
                    () -> "still scheduled: " + model.schedule().kept());
            long leftMillis = model.schedule().lastDueMillis() - model.nowMillis();
            machine.passNanos(TimeUnit.MILLISECONDS.toNanos(Math.max(0, leftMillis)));
            settleDown();
        }
    }

    private void drainOnce() {
        settleDown();
        pollAll(true);
        machine.passNanos(TimeUnit.SECONDS.toNanos(31));
        settleDown();
    }

    private void restartCleanly() throws IOException {
        turns.endCleanly(0);
        machine.start(machine.required(true));
    }

    private void settleDown() {
        for (int i = 0; i < 6; i++) {
            machine.passNanos(TimeUnit.MILLISECONDS.toNanos(60));
            turns.postTick();
            turns.stepAll();
            finishBackgroundWork();
            turns.turn(1_000);
        }
    }

    /** A checkpoint takes many steps, and while one is always due, segments are prepared between a good many of them. */
    private void finishBackgroundWork() {
        for (int step = 0; step < BACKGROUND_STEPS_MAX && machine.stepBackground() > 0; step++) {
            machine.stepLog();
        }
    }

    /** Polls every subscription until it has nothing more. */
    private void pollAll(boolean expectsMessages) {
        for (ModelSubscription subscription : new ArrayList<>(model.durable().values())) {
            if (!subscription.isForPolling()) {
                pushAll(subscription);
                continue;
            }
            SimulatedClient client = new SimulatedClient(keyOf(subscription), machine.broker(), model, "drain");
            turns.clients().add(client);
            for (Received received = client.pollNow(subscription.id);
                    received != null;
                    received = client.pollNow(subscription.id)) {
                Received found = received;
                Check.that(expectsMessages, () -> subscription + " delivered after it was drained: " + found);
                if (received.qos() == 1) {
                    acknowledge(client, subscription.id, found);
                }
            }
        }
    }

    private void acknowledge(SimulatedClient client, long subscription, Received received) {
        for (int i = 0; !client.acknowledgeNow(subscription, received.tag()); i++) {
            Check.that(i < IDLE_ROUNDS_MAX, () -> received + " cannot be acknowledged");
            turns.stepAll();
            finishBackgroundWork(); // it may wait for a segment
        }
    }

    /** Attaches to a subscription that is not for polling; in the turns to come it acknowledges what it gets. */
    private void pushAll(ModelSubscription subscription) {
        if (!subscription.isHeld() && !subscription.passing) {
            PushedClient client = new PushedClient(keyOf(subscription), machine.broker(), model, "drain");
            client.acknowledgeAll();
            turns.clients().add(client);
            client.attach(PushedClient.takeAll(subscription), PushedClient.unlimited());
        }
    }

    private SimulatedKey keyOf(ModelSubscription subscription) {
        return keys.stream()
                .filter(key -> key.owner().equals(subscription.owner))
                .findFirst()
                .orElseThrow();
    }

    private boolean isAnythingUnderWay() {
        return turns.clients().stream().anyMatch(SimulatedClient::isWaiting)
                || model.history().appliedSequence() < model.history().lastSequence();
    }

    private boolean isAnythingOwed() {
        return model.durable().values().stream().anyMatch(ModelSubscription::isOwed);
    }

    private long owedCount() {
        return model.durable().values().stream()
                .mapToLong(subscription -> subscription.unsettled.size())
                .sum();
    }

    private String owed() {
        return model.durable().values().stream()
                .filter(ModelSubscription::isOwed)
                .map(subscription -> subscription + ": " + subscription.unsettled.values())
                .toList()
                .toString();
    }
}
