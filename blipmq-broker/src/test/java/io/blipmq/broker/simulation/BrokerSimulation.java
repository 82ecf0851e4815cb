package io.blipmq.broker.simulation;

import io.blipmq.broker.BrokerOptions;
import io.blipmq.wal.StorageFailedException;
import io.blipmq.wal.WalCorruptionException;
import io.blipmq.wal.storage.SimulatedCrash;
import io.blipmq.wal.storage.SimulatedStorage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * One run: clients, the core, the log's threads, time, crashes and restarts, interleaved at random, and a {@link Model}
 * that every answer is compared with. Owned by its one thread; the seed decides everything, so a failure comes back.
 */
final class BrokerSimulation {
    private static final String[] TOPICS = {"a", "b", "c"};
    private static final int CLIENTS_MAX = 6;
    private static final int TRACE_LINES = 40;

    private final long seed;
    private final int steps;
    private final Random random;
    private final Model model;
    private final SimulatedMachine machine;
    private final List<SimulatedKey> keys = new ArrayList<>();
    private final PushedRequests pushedRequests;
    private final PolledRequests polledRequests;
    private final Turns turns;
    private final Deque<String> trace = new ArrayDeque<>();
    private int step;
    private int connections;
    private boolean interleaving;

    BrokerSimulation(long seed, int steps) {
        this.seed = seed;
        this.steps = steps;
        // Neighbouring seeds would begin alike.
        this.random = new Random(seed * 0x9e3779b97f4a7c15L);
        BrokerOptions options = new RandomOptions(random).draw();
        this.model = new Model(options);
        this.machine = new SimulatedMachine(random, options, model);
        this.turns = new Turns(machine, model, () -> random.nextInt(4) == 0 ? random.nextInt(3) : 1_000);
        this.pushedRequests = new PushedRequests(random, TOPICS, this::note);
        this.polledRequests = new PolledRequests(random, TOPICS, keys, this::note);
        machine.onStored(this::interleave);
        machine.onChange(this::interleaveWithBackground);
        for (String name : List.of("alice", "bob", "carol")) {
            keys.add(new SimulatedKey(name));
        }
    }

    /** Runs to the end, or throws what went wrong with all that is needed to see it again. */
    void run() {
        try {
            machine.start(0);
            for (step = 0; step < steps; step++) {
                live();
            }
            new Draining(machine, model, turns, keys).run();
        } catch (IOException | RuntimeException | Error e) {
            throw new AssertionError(
                    "seed " + seed + ", step " + step + ": " + e.getMessage() + "\n  " + machine + "\n  "
                            + String.join("\n  ", trace),
                    e);
        }
    }

    private void live() throws IOException {
        try {
            act(random.nextInt(1_000));
        } catch (SimulatedCrash crash) {
            crashAndStart();
        } catch (StorageFailedException failed) {
            note("the storage failed, so the process ends: " + failed.getMessage());
            crashAndStart();
        }
    }

    private void act(int choice) throws IOException {
        machine.passNanos(random.nextInt(2_000_000));
        if (choice < 380) {
            request();
        } else if (choice < 630) {
            turns.turn(1 + random.nextInt(20));
        } else if (choice < 830) {
            machine.stepLog();
        } else if (choice < 890) {
            for (int count = 1 + random.nextInt(6); count > 0; count--) {
                machine.stepBackground();
            }
        } else if (choice < 940) {
            passTime();
        } else if (choice < 960) {
            turns.postTick();
        } else if (choice < 986) {
            connectOrHangUp();
        } else if (choice < 990) {
            changeRoom();
        } else if (choice < 992) {
            armFault();
        } else if (choice < 994) {
            checkDisk();
        } else if (choice < 995) {
            setClock();
        } else {
            endAndStart();
        }
    }

    /** The core may run while the log thread is in the middle of its step. */
    private void interleave() {
        if (random.nextInt(3) == 0) {
            turns.turn(1 + random.nextInt(5));
        }
    }

    /** The core and the log thread may run while the background thread is in the middle of its step. */
    private void interleaveWithBackground() {
        if (!interleaving && random.nextInt(8) == 0) {
            interleaving = true;
            try {
                if (random.nextBoolean()) {
                    machine.stepLog();
                }
                turns.turn(1 + random.nextInt(5));
            } finally {
                interleaving = false;
            }
        }
    }

    private void note(String line) {
        if (trace.size() == TRACE_LINES) {
            trace.remove();
        }
        trace.add(step + " " + line);
    }

    // --- time and room

    private void passTime() {
        long nanos = (long) Math.pow(10, 6 + random.nextInt(random.nextInt(20) == 0 ? 8 : 5)) * (1 + random.nextInt(5));
        note(nanos / 1_000_000 + " ms pass");
        machine.passNanos(nanos);
    }

    /** By so much that nobody may believe it. */
    private void setClock() {
        long days = 5 + random.nextInt(20_000);
        boolean back = random.nextBoolean();
        note("the clock is set " + (back ? "back" : "forward") + " by " + days + " days");
        machine.setClock(TimeUnit.DAYS.toMillis(back ? -days : days));
    }

    private void changeRoom() {
        boolean full = random.nextBoolean();
        note(full ? "the disk is full" : "the disk has room");
        machine.storage().limitBytes(full ? machine.storage().usedBytes() : Long.MAX_VALUE);
    }

    private void checkDisk() throws IOException {
        if (machine.hasCheckpoints()) {
            note("the disk is looked at");
            SimulatedClient client = new SimulatedClient(keys.get(0), machine.broker(), model, "d" + connections++);
            turns.clients().add(client);
            new DiskBound(machine, model, turns).check(() -> {
                for (String topic : TOPICS) {
                    client.publish(1, topic, 1);
                }
            });
            client.hangUp();
        }
    }

    // --- clients

    private void connectOrHangUp() {
        List<SimulatedClient> clients = turns.clients();
        if (clients.size() < CLIENTS_MAX && (clients.isEmpty() || random.nextInt(5) < 3)) {
            connect();
        } else {
            SimulatedClient client = clients.get(random.nextInt(clients.size()));
            note(client + " hangs up");
            client.hangUp();
        }
    }

    private void connect() {
        SimulatedKey key = keys.get(random.nextInt(keys.size()));
        if (random.nextInt(2) == 0) {
            PushedClient client = new PushedClient(key, machine.broker(), model, "p" + connections++);
            note(client + " connects with key " + keys.indexOf(key));
            turns.clients().add(client);
            pushedRequests.attach(client);
            return;
        }
        SimulatedClient client = new SimulatedClient(key, machine.broker(), model, "c" + connections++);
        note(client + " connects with key " + keys.indexOf(key));
        turns.clients().add(client);
        client.subscribe(1, polledRequests.anyTopic());
    }

    private void request() {
        if (turns.clients().isEmpty()) {
            connect();
        }
        SimulatedClient client =
                turns.clients().get(random.nextInt(turns.clients().size()));
        if (client.isEnding()) {
            return;
        }
        if (client instanceof PushedClient pushed) {
            pushedRequests.request(pushed);
            return;
        }
        polledRequests.request(client);
    }

    // --- ends

    /** The process dies in a storage call, or one fails, which ends the process. */
    private void armFault() {
        SimulatedStorage storage = machine.storage();
        int after = 1 + random.nextInt(40);
        switch (random.nextInt(6)) {
            case 0 -> {
                note("every force fails after " + after);
                storage.failForceAfter(after);
            }
            case 1 -> {
                note("one force fails after " + after);
                storage.failOneForceAfter(after);
            }
            case 2 -> {
                int bytes = random.nextInt(20_000);
                note("writing fails after " + bytes + " bytes");
                storage.failWriteAfter(bytes);
            }
            default -> {
                note("the process will die at change " + after);
                storage.crashAfterChanges(after);
            }
        }
    }

    private void endAndStart() throws IOException {
        if (random.nextInt(3) > 0) {
            crashAndStart();
            return;
        }
        note("a clean end");
        turns.endCleanly(random.nextInt(4));
        if (random.nextInt(3) == 0) {
            machine.crash(true);
        }
        machine.storage().clearFaults();
        machine.start(machine.required(true));
        note("started");
    }

    private void crashAndStart() throws IOException {
        boolean powerLost = random.nextBoolean();
        long required = machine.required(powerLost);
        note((powerLost ? "power is lost" : "the process is killed") + ", must keep " + required);
        turns.forget();
        machine.crash(powerLost);
        for (int attempts = random.nextInt(3); attempts > 0; attempts--) {
            required = dieWhileStarting(required);
        }
        machine.start(required);
        note("started with " + model.history().lastSequence());
        if (random.nextInt(3) == 0) {
            startAgain();
        }
    }

    /** @return the last command that must survive this death, too */
    private long dieWhileStarting(long required) throws IOException {
        boolean powerLost = random.nextBoolean();
        long now = powerLost ? Math.min(required, machine.required(true)) : required;
        planFaultOfStart();
        try {
            machine.start(required);
            now = model.history().lastSequence();
        } catch (SimulatedCrash crash) {
            note("died while starting");
        } catch (WalCorruptionException refused) {
            throw refused;
        } catch (IOException failed) {
            note("did not start: " + failed.getMessage());
        }
        machine.crash(powerLost);
        return now;
    }

    private void planFaultOfStart() {
        SimulatedStorage storage = machine.storage();
        switch (random.nextInt(6)) {
            case 0 -> storage.failOneForceAfter(random.nextInt(4));
            case 1 -> storage.failWriteAfter(random.nextInt(15_000));
            case 2 -> storage.limitBytes(storage.usedBytes() + random.nextInt(15_000));
            default -> storage.crashAfterChanges(1 + random.nextInt(12));
        }
    }

    /** Recovery twice equals once. */
    private void startAgain() throws IOException {
        long once = model.history().lastSequence();
        int commands = model.history().entries().size();
        machine.crash(random.nextBoolean());
        machine.start(once);
        Check.that(
                model.history().entries().size() == commands,
                () -> "recovered " + commands + " commands, then "
                        + model.history().entries().size());
    }
}
