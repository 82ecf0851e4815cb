package io.blipmq.broker.simulation;

import io.blipmq.broker.Broker;
import io.blipmq.broker.CheckpointText;
import io.blipmq.broker.DeduplicationOptions;
import io.blipmq.broker.ReplicatedMemoryLog;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What all nodes have to agree about: which commands were committed, and which state they lead to. Owned by the simulation's
 * thread.
 */
final class ReplicatedHistory {
    private final ReplicatedMemoryLog log;
    /** Committed or not. */
    private final Map<Place, Command> appended = new HashMap<>();

    private final Map<Long, State> states = new HashMap<>();

    private record Place(int term, long number) {}

    private record State(String node, ByteBuffer bytes, long digest) {}

    ReplicatedHistory(ReplicatedMemoryLog log) {
        this.log = log;
    }

    void onAppended(int term, long number, Command command) {
        Command before = appended.put(new Place(term, number), command);
        Check.that(before == null, () -> "number " + number + " was given twice in term " + term);
    }

    private Command committed(long number) {
        return appended.get(new Place(log.termOf(number), number));
    }

    /** The first commands that were committed. */
    List<History.Entry> entries(long through) {
        List<History.Entry> entries = new ArrayList<>();
        for (long number = 1; number <= through; number++) {
            entries.add(new History.Entry(number, committed(number)));
        }
        return entries;
    }

    /** Likewise, as a log hands them back. */
    List<Command> handedBack(long through) {
        List<Command> commands = new ArrayList<>();
        for (long number = 1; number <= through; number++) {
            commands.add(committed(number).handedBack());
        }
        return commands;
    }

    /**
     * How many letters a subscription remembers on all nodes, whatever each is configured with.
     *
     * @param own of the node that leads, when none has been agreed on
     */
    int lettersOfSubscription(long through, int own) {
        return entries(through).stream()
                .map(History.Entry::command)
                .filter(command -> command.kind() == Command.Kind.SETTINGS)
                .map(command -> command.text().replaceAll(".*lettersOfSubscription=(\\d+).*", "$1"))
                .map(Integer::valueOf)
                .findFirst()
                .orElse(own);
    }

    /** Likewise, how publish ids are remembered. */
    DeduplicationOptions deduplication(long through, DeduplicationOptions own) {
        Pattern agreed = Pattern.compile("deduplicationMillis=(\\d+), publishIds=(\\d+), publishIdBytes=(\\d+)");
        return entries(through).stream()
                .map(History.Entry::command)
                .filter(command -> command.kind() == Command.Kind.SETTINGS)
                .flatMap(command -> agreed.matcher(command.text()).results())
                .map(found -> new DeduplicationOptions(
                        Long.parseLong(found.group(1)),
                        Integer.parseInt(found.group(2)),
                        Long.parseLong(found.group(3))))
                .findFirst()
                .orElse(own);
    }

    /** When the newest message among the first commands was published. */
    long newestMillis(long through) {
        return entries(through).stream()
                .map(History.Entry::command)
                .filter(command -> command.kind() != Command.Kind.CLOCK)
                .mapToLong(Command::millis)
                .max()
                .orElse(0);
    }

    /** A node has come so far: it must have what any other had there. */
    void checkState(String node, Broker broker) {
        long number = broker.appliedSequence();
        State state = new State(node, broker.replicatedState(), broker.replicatedDigest());
        State before = states.putIfAbsent(number, state);
        Check.that(
                before == null || before.digest == state.digest && before.bytes.equals(state.bytes),
                () -> "the states at " + number + " differ; " + before.node + " has " + only(before.bytes, state.bytes)
                        + "; " + node + " has " + only(state.bytes, before.bytes));
    }

    /** What one state has and another has not. */
    private static List<String> only(ByteBuffer of, ByteBuffer other) {
        List<String> lines = new ArrayList<>(CheckpointText.of(of.duplicate()));
        lines.removeAll(CheckpointText.of(other.duplicate()));
        return lines;
    }
}
