package io.blipmq.broker.simulation;

import io.blipmq.broker.BrokerOptions;
import io.blipmq.broker.DeduplicationOptions;
import io.blipmq.broker.ReplicatedMemoryLog;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * One run of two or three cores on one replicated log: clients, turns, commits that come late, leaders that change and do not
 * know it yet, images, restarts, interleaved at random. Each leader's answers are compared with a {@link Model}, and at every
 * number that two nodes stop at, their states have to be equal byte by byte. Owned by its one thread; the seed decides all.
 */
final class ReplicatedSimulation {
    private static final String[] TOPICS = {"a", "b"};
    private static final int CLIENTS_MAX = 5;
    private static final int TRACE_LINES = 40;
    private static final int DRAIN_ROUNDS_MAX = 400;

    private final long seed;
    private final int steps;
    private final Random random;
    private final ReplicatedMemoryLog cluster = new ReplicatedMemoryLog();
    private final List<ReplicatedNode> nodes = new ArrayList<>();
    private final List<SimulatedKey> keys = new ArrayList<>();
    private final PushedRequests pushedRequests;
    private final PolledRequests polledRequests;
    private final Deque<String> trace = new ArrayDeque<>();
    private final BrokerOptions options;
    private int step;
    private int connections;

    ReplicatedSimulation(long seed, int steps) {
        this.seed = seed;
        this.steps = steps;
        this.random = new Random(seed * 0x9e3779b97f4a7c15L);
        this.options = new RandomOptions(random).draw();
        ReplicatedHistory history = new ReplicatedHistory(cluster);
        for (int i = 0, count = 2 + random.nextInt(2); i < count; i++) {
            long offMillis = random.nextInt(20_000) - 10_000L;
            nodes.add(new ReplicatedNode(
                    "node " + i,
                    withInFlightMax(options, options.inFlightMax() + random.nextInt(3)),
                    cluster,
                    history,
                    offMillis,
                    () -> random.nextInt(4) == 0 ? random.nextInt(3) : 1_000));
        }
        for (String name : List.of("alice", "bob")) {
            keys.add(new SimulatedKey(name));
        }
        this.pushedRequests = new PushedRequests(random, TOPICS, this::note);
        this.polledRequests = new PolledRequests(random, TOPICS, keys, this::note);
    }

    /** Nodes need not be configured alike. */
    private static BrokerOptions withInFlightMax(BrokerOptions o, int max) {
        return new BrokerOptions(
                o.deliveriesMax(),
                o.ackTimeoutNanos(),
                o.messageTtlMillis(),
                o.subscriptionExpiryNanos(),
                o.detachedBacklogBytesMax(),
                o.deadLetterRetentionMillis(),
                o.memoryMessagesMax(),
                o.memoryBytesMax(),
                max,
                o.positionsMax(),
                o.subscriptionsMax(),
                o.subscriptionsPerClientMax(),
                o.stateBytesMax(),
                otherThan(o.deduplication(), max - o.inFlightMax()),
                o.limits());
    }

    private static DeduplicationOptions otherThan(DeduplicationOptions o, int more) {
        return new DeduplicationOptions(o.windowMillis() + more, o.entriesMax() + more, o.bytesMax() + 100 * more);
    }

    /** Runs to the end, or throws what went wrong with all that is needed to see it again. */
    void run() {
        try {
            for (ReplicatedNode node : nodes) {
                node.start();
            }
            for (step = 0; step < steps; step++) {
                act(random.nextInt(1_000));
            }
            drain();
        } catch (IOException | RuntimeException | Error e) {
            throw new AssertionError(
                    "seed " + seed + ", step " + step + ": " + e.getMessage() + "\n  " + options + "\n  "
                            + String.join("\n  ", trace),
                    e);
        }
    }

    private void note(String line) {
        if (trace.size() == TRACE_LINES) {
            trace.remove();
        }
        trace.add(step + " " + line);
    }

    private ReplicatedNode anyNode() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    private void act(int choice) throws IOException {
        passNanos(random.nextInt(2_000_000));
        if (choice < 330) {
            request();
        } else if (choice < 600) {
            anyNode().turn(1 + random.nextInt(20));
        } else if (choice < 750) {
            cluster.commit(1 + random.nextInt(3));
        } else if (choice < 880) {
            learn(anyNode());
        } else if (choice < 910) {
            passTime();
        } else if (choice < 935) {
            nodes.forEach(ReplicatedNode::postTick);
        } else if (choice < 965) {
            connectOrHangUp();
        } else if (choice < 973) {
            elect(anyNode(), random.nextInt(4));
        } else if (choice < 985) {
            anyNode().log().learnsOfEnd();
        } else if (choice < 990) {
            sendImage(anyNode(), anyNode());
        } else if (choice < 993) {
            ReplicatedNode node = anyNode();
            note(node + " is killed");
            node.restart();
        } else {
            anyNode().log().wantSnapshot();
        }
    }

    private void passNanos(long nanos) {
        nodes.forEach(node -> node.passNanos(nanos));
    }

    private void passTime() {
        long nanos = (long) Math.pow(10, 6 + random.nextInt(random.nextInt(20) == 0 ? 8 : 5)) * (1 + random.nextInt(5));
        note(nanos / 1_000_000 + " ms pass");
        passNanos(nanos);
    }

    private void learn(ReplicatedNode node) {
        node.log().learn(random.nextInt(random.nextInt(5) == 0 ? 200 : 20));
        node.log().index(random.nextInt(50));
    }

    private void elect(ReplicatedNode next, int framesKept) {
        note(next + " is elected behind " + cluster.committed() + ", " + framesKept + " more frames are kept");
        cluster.elect(next.log(), framesKept);
    }

    private void sendImage(ReplicatedNode from, ReplicatedNode to) {
        if (from != to && !to.leads()) {
            note(from + " sends its state to " + to);
            to.receiveImage(from);
        }
    }

    // --- clients

    private ReplicatedNode anyLeading() {
        List<ReplicatedNode> leading =
                nodes.stream().filter(ReplicatedNode::leads).toList();
        return leading.isEmpty() ? null : leading.get(random.nextInt(leading.size()));
    }

    private void request() {
        ReplicatedNode node = anyLeading();
        if (node == null) {
            return;
        }
        if (node.clients().isEmpty()) {
            connect(node);
        }
        SimulatedClient client =
                node.clients().get(random.nextInt(node.clients().size()));
        if (client.isEnding()) {
            return;
        }
        if (client instanceof PushedClient pushed) {
            pushedRequests.request(pushed);
        } else {
            polledRequests.request(client);
        }
    }

    private void connectOrHangUp() {
        ReplicatedNode node = anyLeading();
        if (node == null) {
            return;
        }
        List<SimulatedClient> clients = node.clients();
        if (clients.size() < CLIENTS_MAX && (clients.isEmpty() || random.nextInt(5) < 3)) {
            connect(node);
        } else {
            SimulatedClient client = clients.get(random.nextInt(clients.size()));
            note(client + " hangs up");
            client.hangUp();
        }
    }

    private void connect(ReplicatedNode node) {
        SimulatedKey key = keys.get(random.nextInt(keys.size()));
        if (random.nextInt(2) == 0) {
            PushedClient client = new PushedClient(key, node.broker(), node.model(), "p" + connections++);
            note(client + " connects to " + node + " with key " + keys.indexOf(key));
            node.clients().add(client);
            pushedRequests.attach(client);
        } else {
            SimulatedClient client = new SimulatedClient(key, node.broker(), node.model(), "c" + connections++);
            note(client + " connects to " + node + " with key " + keys.indexOf(key));
            node.clients().add(client);
            client.subscribe(1, polledRequests.anyTopic());
        }
    }

    // --- the end of a run

    /** One leader that everybody knows of; all that is owed is asked for and acknowledged, and then all nodes have the same. */
    private void drain() {
        ReplicatedNode leader = anyNode();
        elect(leader, random.nextInt(4));
        nodes.forEach(node -> node.log().learnsOfEnd());
        for (int round = 0; !isOnlyLeader(leader); round++) {
            int rounds = round;
            Check.that(rounds < DRAIN_ROUNDS_MAX, () -> leader + " does not come to lead");
            catchUp();
        }
        leader.clients().stream().filter(PushedClient.class::isInstance).forEach(SimulatedClient::hangUp);
        Model model = leader.model();
        awaitScheduled(model);
        for (int round = 0; round < 3 || isAnythingOwed(model) || isAnythingUnderWay(leader); round++) {
            int rounds = round;
            Check.that(rounds < DRAIN_ROUNDS_MAX, () -> "still owed after draining: " + owed(model));
            catchUp();
            takeAll(leader, model);
            passNanos(TimeUnit.SECONDS.toNanos(31));
            nodes.forEach(ReplicatedNode::postTick);
        }
        for (int i = 0; i < 3; i++) {
            catchUp();
        }
        for (ReplicatedNode node : nodes) {
            Check.that(
                    node.broker().appliedSequence() == cluster.committed(),
                    () -> node + " has applied " + node.broker().appliedSequence() + " of " + cluster.committed());
        }
        model.checkBacklogs(leader.broker());
    }

    private void awaitScheduled(Model model) {
        for (int round = 0; model.schedule().count() > 0; round++) {
            int rounds = round;
            Check.that(
                    rounds < DRAIN_ROUNDS_MAX,
                    () -> "still scheduled: " + model.schedule().kept());
            long leftMillis = model.schedule().lastDueMillis() - model.nowMillis();
            passNanos(TimeUnit.MILLISECONDS.toNanos(Math.max(0, leftMillis)));
            catchUp();
        }
    }

    private boolean isOnlyLeader(ReplicatedNode leader) {
        return leader.leads()
                && !leader.log().isDeposed()
                && nodes.stream().filter(ReplicatedNode::leads).count() == 1;
    }

    private void catchUp() {
        for (int i = 0; i < 6; i++) {
            passNanos(TimeUnit.MILLISECONDS.toNanos(20));
            cluster.commit(Integer.MAX_VALUE);
            for (ReplicatedNode node : nodes) {
                node.log().learn(Integer.MAX_VALUE);
                node.log().index(Integer.MAX_VALUE);
                do {
                    node.turn(1_000);
                } while (node.broker().appliedSequence() < cluster.committed());
            }
        }
    }

    private void takeAll(ReplicatedNode leader, Model model) {
        for (ModelSubscription subscription : new ArrayList<>(model.durable().values())) {
            SimulatedKey key = keys.stream()
                    .filter(found -> found.owner().equals(subscription.owner))
                    .findFirst()
                    .orElseThrow();
            if (!subscription.isForPolling()) {
                pushAll(leader, model, subscription, key);
                continue;
            }
            SimulatedClient client = new SimulatedClient(key, leader.broker(), model, "drain");
            leader.clients().add(client);
            for (Received received = client.pollNow(subscription.id);
                    received != null;
                    received = client.pollNow(subscription.id)) {
                if (received.qos() == 1 && !client.acknowledgeNow(subscription.id, received.tag())) {
                    break; // it comes again
                }
            }
        }
    }

    private static void pushAll(ReplicatedNode leader, Model model, ModelSubscription subscription, SimulatedKey key) {
        if (!subscription.isHeld() && !subscription.passing) {
            PushedClient client = new PushedClient(key, leader.broker(), model, "drain");
            client.acknowledgeAll();
            leader.clients().add(client);
            client.attach(PushedClient.takeAll(subscription), PushedClient.unlimited());
        }
    }

    private boolean isAnythingUnderWay(ReplicatedNode leader) {
        return leader.clients().stream().anyMatch(SimulatedClient::isWaiting)
                || leader.model().history().appliedSequence()
                        < leader.model().history().lastSequence();
    }

    private static boolean isAnythingOwed(Model model) {
        return model.durable().values().stream().anyMatch(ModelSubscription::isOwed);
    }

    private static String owed(Model model) {
        return model.durable().values().stream()
                .filter(ModelSubscription::isOwed)
                .map(subscription -> subscription + ": " + subscription.unsettled.values())
                .toList()
                .toString();
    }
}
