package io.blipmq.broker.simulation;

import io.blipmq.broker.Broker;
import io.blipmq.broker.BrokerClock;
import io.blipmq.broker.BrokerOptions;
import io.blipmq.broker.ReplicatedMemoryLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * One node of several that keep a log together: its broker, its clock, and while it takes itself for the leader its connections
 * and a {@link Model} that judges what they are answered. Owned by the simulation's thread.
 */
final class ReplicatedNode implements BrokerClock, JournalTap.Listener {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long EPOCH_MILLIS = 1_700_000_000_000L;

    private final String name;
    private final BrokerOptions options;
    private final ReplicatedHistory history;
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final CoreTurn turn;
    /** How far this clock is from that of the others. */
    private final long offMillis;

    private final List<Command> applied = new ArrayList<>();
    private ReplicatedMemoryLog.Node log;
    private Broker broker;
    /** Null while it does not lead. */
    private Model model;

    private long nanos;

    ReplicatedNode(
            String name,
            BrokerOptions options,
            ReplicatedMemoryLog cluster,
            ReplicatedHistory history,
            long offMillis,
            IntSupplier roomOfNext) {
        this.name = name;
        this.options = options;
        this.history = history;
        this.offMillis = offMillis;
        this.turn = new CoreTurn(clients, roomOfNext);
        this.log = cluster.addNode();
    }

    /** Its process begins. */
    void start() throws IOException {
        applied.clear();
        long number = log.appliedSequence();
        applied.addAll(history.handedBack(number));
        broker = Broker.open(options, this, replay -> new JournalTap(log.open(replay), this).journal());
    }

    /** Its process is killed, and begins anew. */
    void restart() throws IOException {
        model = null;
        turn.forget();
        log = log.restart();
        start();
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public long epochMillis() {
        return EPOCH_MILLIS + offMillis + nanos / NANOS_PER_MILLI;
    }

    void passNanos(long passed) {
        nanos += passed;
    }

    void postTick() {
        if (model == null) {
            broker.mailbox().post(broker::onTick); // which it has to ignore
        } else {
            turn.postTick(broker);
        }
    }

    void turn(int requestsMax) {
        if (model == null) {
            broker.doWork(nanos);
            broker.endTurn();
        } else {
            turn.run(broker, model, nanos, requestsMax);
        }
        Check.that(broker.isLeading() == (model != null), () -> name + " leads: " + broker.isLeading());
        history.checkState(name, broker);
    }

    ReplicatedMemoryLog.Node log() {
        return log;
    }

    Broker broker() {
        return broker;
    }

    Model model() {
        return model;
    }

    boolean leads() {
        return model != null;
    }

    List<SimulatedClient> clients() {
        return clients;
    }

    /** Installs another node's state. */
    void receiveImage(ReplicatedNode from) {
        ByteBuffer state = from.broker.replicatedState();
        log.receiveImage(from.broker.appliedSequence(), state);
    }

    // --- what its log tells

    @Override
    public void onAppended(long sequence, Command command) {
        Check.that(model != null, () -> name + " does not lead and appends " + command);
        history.onAppended(log.term(), sequence, command);
        model.onAppended(sequence, command);
    }

    @Override
    public void onRefused(Command command) {
        if (model != null) {
            model.onRefused(command);
        }
    }

    @Override
    public void onApplied(Command command) {
        applied.add(command);
        if (model != null) {
            model.onApplied(command);
        }
    }

    @Override
    public void onCheckpointBegun(long sequence) {
        Check.that(sequence == applied.size(), () -> name + " keeps a state of " + sequence);
    }

    @Override
    public void onCheckpoint(ByteBuffer state) {
        // it is used as it is
    }

    @Override
    public void onLeading() {
        Check.that(model == null, () -> name + " leads twice");
        model = new Model(
                options,
                history.entries(applied.size()),
                history.lettersOfSubscription(applied.size(), options.inFlightMax()),
                history.deduplication(applied.size(), options.deduplication()));
        long millis = Math.max(epochMillis(), history.newestMillis(applied.size()));
        model.onRestart(null, applied, 0, applied.size(), nanos, millis);
    }

    @Override
    public void onLost(long fromNumber) {
        Check.that(fromNumber == applied.size() + 1, () -> name + " lost from " + fromNumber);
        endLeading();
    }

    private void endLeading() {
        List<SimulatedClient> gone = List.copyOf(clients);
        model = null;
        turn.forget();
        gone.forEach(client -> broker.disconnect(client.client)); // as their connections are closed, later than this
    }

    @Override
    public void onImage(long throughNumber) {
        applied.clear();
        applied.addAll(history.handedBack(throughNumber));
    }

    @Override
    public String toString() {
        return name;
    }
}
