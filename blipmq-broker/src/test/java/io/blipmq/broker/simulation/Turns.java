package io.blipmq.broker.simulation;

import io.blipmq.broker.Broker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntSupplier;

/** The turns of the core with its connections, as the event loop runs them. Owned by the simulation's thread. */
final class Turns {
    private static final long STEP_NANOS = 10_000_000;
    private static final int TURNS_TO_SEAL_MAX = 50_000;

    private final SimulatedMachine machine;
    private final Model model;
    private final List<SimulatedClient> clients = new ArrayList<>();
    /** How many pushes a connection's output takes until it is full. */
    private final IntSupplier roomOfNext;

    private boolean ticked;
    /** Whether the work of a tick goes on. */
    private boolean tickWorks;

    Turns(SimulatedMachine machine, Model model, IntSupplier roomOfNext) {
        this.machine = machine;
        this.model = model;
        this.roomOfNext = roomOfNext;
    }

    List<SimulatedClient> clients() {
        return clients;
    }

    void postTick() {
        ticked = true;
        Broker broker = machine.broker();
        broker.mailbox().post(broker::onTick);
    }

    /** One turn: what is stored takes effect, ended connections, the others' requests, answers, the log. */
    void turn(int requestsMax) {
        clients.forEach(client -> {
            if (client instanceof PushedClient pushed) {
                pushed.flush();
            }
        });
        model.beginTurn(machine.nanoTime());
        Broker broker = machine.broker();
        if (ticked && !tickWorks) {
            tickWorks = true;
            model.beginTick();
        }
        ticked = false;
        broker.doWork(machine.nanoTime());
        model.checkMoves();
        endConnections();
        clients.forEach(client -> client.handle(requestsMax));
        clients.forEach(SimulatedClient::sendDue);
        push(broker);
        broker.endTurn();
        model.checkFigures(broker);
        if (tickWorks && !broker.isTickUnderWay()) {
            tickWorks = false;
            model.checkTick();
        }
    }

    private void push(Broker broker) {
        for (SimulatedClient client : clients) {
            if (client instanceof PushedClient pushed) {
                pushed.onWritten(roomOfNext.getAsInt());
            }
        }
        broker.pushes().push();
        for (SimulatedClient client : clients) {
            if (client instanceof PushedClient pushed) {
                pushed.finish();
            }
        }
        if (!broker.pushes().hasReady() && !model.isShuttingDown()) {
            model.pushes().checkNothingLeft();
        }
    }

    private void endConnections() {
        for (Iterator<SimulatedClient> all = clients.iterator(); all.hasNext(); ) {
            SimulatedClient client = all.next();
            if (client.isEnding()) {
                client.handle(Integer.MAX_VALUE);
                client.disconnect();
                all.remove();
            }
        }
    }

    /** The process has died: its connections are gone. */
    void forget() {
        clients.clear();
        ticked = false;
        tickWorks = false;
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
