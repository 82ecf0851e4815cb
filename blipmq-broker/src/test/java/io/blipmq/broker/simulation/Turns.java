package io.blipmq.broker.simulation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/** The turns of the core with its connections, as the event loop runs them. Owned by the simulation's thread. */
final class Turns {
    private static final long STEP_NANOS = 10_000_000;
    private static final int TURNS_TO_SEAL_MAX = 50_000;

    private final SimulatedMachine machine;
    private final Model model;
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final CoreTurn turn;

    Turns(SimulatedMachine machine, Model model, IntSupplier roomOfNext) {
        this.machine = machine;
        this.model = model;
        this.turn = new CoreTurn(clients, roomOfNext);
    }

    List<SimulatedClient> clients() {
        return clients;
    }

    void postTick() {
        turn.postTick(machine.broker());
    }

    void turn(int requestsMax) {
        turn.run(machine.broker(), model, machine.nanoTime(), requestsMax);
    }

    /** The process has died: its connections are gone. */
    void forget() {
        turn.forget();
    }

    /** The daemon's six steps. */
    void endCleanly(int turnsBefore) throws IOException {
        machine.storage().limitBytes(Long.MAX_VALUE);
        machine.broker().beginShutdown();
        model.onShutdown();
        for (int i = 0; i < turnsBefore; i++) {
            turn(5);
            machine.stepLog();
        }
        awaitCheckpoint();
        for (int i = 0; machine.broker().waitingAcknowledgementCount() > 0; i++) {
            Check.that(i < TURNS_TO_SEAL_MAX, () -> "the broker does not end");
            stepAll();
        }
        machine.broker().seal();
        model.onSealed();
        for (int i = 0; !machine.isSealed(); i++) {
            Check.that(i < TURNS_TO_SEAL_MAX, () -> "the log does not end");
            stepAll();
        }
        for (int i = 0; model.history().appliedSequence() < model.history().lastSequence(); i++) {
            Check.that(i < TURNS_TO_SEAL_MAX, () -> "what is stored does not take effect");
            stepAll();
        }
        stepAll();
        model.onCleanEnd();
        machine.close();
        forget();
    }

    private void awaitCheckpoint() {
        for (int i = 0; !machine.broker().checkpoint(); i++) {
            Check.that(i < TURNS_TO_SEAL_MAX, () -> "a checkpoint does not end");
            stepAll();
        }
        for (int i = 0; machine.broker().isCheckpointing(); i++) {
            Check.that(i < TURNS_TO_SEAL_MAX, () -> "the last checkpoint does not end");
            stepAll();
        }
    }

    /** A turn of everybody, without requests. */
    void stepAll() {
        machine.passNanos(STEP_NANOS);
        machine.stepLog();
        machine.stepBackground();
        turn(0);
    }
}
