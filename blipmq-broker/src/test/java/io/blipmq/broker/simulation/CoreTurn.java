package io.blipmq.broker.simulation;

import io.blipmq.broker.Broker;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntSupplier;

/** One turn of a core with its connections, as the event loop runs it. Owned by the simulation's thread. */
final class CoreTurn {
    private final List<SimulatedClient> clients;
    /** How many pushes a connection's output takes until it is full. */
    private final IntSupplier roomOfNext;
    /** Counts how often they were forgotten. */
    private int lives;

    private boolean ticked;
    /** Whether the work of a tick goes on. */
    private boolean tickWorks;

    CoreTurn(List<SimulatedClient> clients, IntSupplier roomOfNext) {
        this.clients = clients;
        this.roomOfNext = roomOfNext;
    }

    void postTick(Broker broker) {
        ticked = true;
        broker.mailbox().post(broker::onTick);
    }

    /** The process has died, or its state was replaced: its connections are gone. */
    void forget() {
        clients.clear();
        lives++;
        ticked = false;
        tickWorks = false;
    }

    /** What is stored takes effect, ended connections, the others' requests, answers, the log. */
    void run(Broker broker, Model model, long nanos, int requestsMax) {
        clients.forEach(client -> {
            if (client instanceof PushedClient pushed) {
                pushed.flush();
            }
        });
        model.beginTurn(nanos);
        if (ticked && !tickWorks) {
            tickWorks = true;
            model.beginTick();
        }
        ticked = false;
        int life = lives;
        broker.doWork(nanos);
        if (lives != life) {
            broker.endTurn();
            return;
        }
        model.checkMoves();
        endConnections();
        clients.forEach(client -> client.handle(requestsMax));
        clients.forEach(SimulatedClient::sendDue);
        push(broker, model);
        broker.endTurn();
        model.checkFigures(broker);
        if (tickWorks && !broker.isTickUnderWay()) {
            tickWorks = false;
            model.checkTick();
        }
    }

    private void push(Broker broker, Model model) {
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
}
