package io.blipmq.wal.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.wal.Capacity;
import io.blipmq.wal.ForcePolicy;
import io.blipmq.wal.engine.WalFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What was written to a log and promised about it, and whether a start has kept it. A test's helper, owned by its one
 * thread.
 *
 * <p>The promises: the records found are the first ones of those written, unchanged; none is missing that was confirmed,
 * unless the policy allows it; no number is given out twice; a checkpoint that was on disk is not lost, nor is anything
 * before it that nobody has settled.
 */
final class Ledger {
    private final ForcePolicy policy;
    private final Model model;

    /** What the log holds, or may hold: recovered and appended records, in order. */
    private List<WalFixture.Seen> history = new ArrayList<>();

    /** The last record of a turn that asked for a force and became stored. */
    private long confirmed;

    /** The last record that the log said is on disk. */
    private long forced;

    private long asked;
    private long highestEver;

    Ledger(ForcePolicy policy, Random random) {
        this.policy = policy;
        this.model = new Model(random);
    }

    List<WalFixture.Seen> history() {
        return history;
    }

    Model model() {
        return model;
    }

    // ---- what was done

    /** Appends when there is room. */
    void append(WalFixture log, String text) {
        if (log.wal().appender().roomFor(text.length()) != Capacity.YES) {
            return;
        }
        long sequence = log.append(text);
        history.add(new WalFixture.Seen(sequence, 1, text, log.wal().appender().position()));
        highestEver = Math.max(highestEver, sequence);
    }

    void submit(WalFixture log, boolean force) {
        if (log.wal().appender().submit(force) && force) {
            asked = log.wal().appender().lastSequence();
        }
    }

    /** Takes down what the log says of itself. */
    void note(WalFixture log) {
        if (log.wal().agent().isSealed()) {
            asked = log.wal().appender().lastSequence();
        }
        if (asked <= log.wal().appender().storedSequence()) {
            confirmed = Math.max(confirmed, asked);
        }
        forced = Math.max(forced, log.wal().metrics().durableSequence());
        model.noteCheckpointed(log.wal().checkpointedSequence());
    }

    /**
     * Under {@code every_n}, fewer than n records are stored and not forced, beside one batch.
     *
     * @param through the last record before that batch
     */
    void expectFewUnforced(WalFixture log, long through) {
        long durable = log.wal().metrics().durableSequence();
        if (policy instanceof ForcePolicy.EveryN everyN && asked > durable && asked <= through) {
            long unforced = history.stream()
                    .filter(record -> record.sequence() > durable && record.sequence() <= through)
                    .count();
            assertThat(unforced).as("records not forced").isLessThan(everyN.records());
        }
    }

    // ---- what a start found

    /** Compares, and remembers nothing. */
    void verify(WalFixture log, boolean powerLost) {
        List<WalFixture.Seen> found = found(log);
        assertThat(found.size()).as("no more than was written").isLessThanOrEqualTo(history.size());
        assertThat(contents(found)).as("a prefix in order").isEqualTo(contents(history.subList(0, found.size())));
        if (policy == ForcePolicy.ALWAYS || !powerLost) {
            assertThat(last(found)).as("the last confirmed record").isGreaterThanOrEqualTo(confirmed);
        }
        assertThat(last(found)).as("the last forced record").isGreaterThanOrEqualTo(forced);
        assertThat(log.wal().recovery().nextSequence())
                .as("a number never used before")
                .isGreaterThan(highestEver);
        model.verify(log, history.subList(0, found.size()));
    }

    /** As {@link #verify}, and goes on from there: a start makes what it found durable. */
    void onStarted(WalFixture log, boolean powerLost) {
        verify(log, powerLost);
        List<WalFixture.Seen> known = upTo(log.restoredSequence());
        known.addAll(log.replayed());
        history = known;
        confirmed = last(known);
        forced = confirmed;
        asked = confirmed;
        model.onStarted(log);
    }

    /** The records that a start found: those that its checkpoint stands for, and those that it replayed. */
    List<WalFixture.Seen> found(WalFixture log) {
        List<WalFixture.Seen> found = upTo(log.restoredSequence());
        found.addAll(log.replayed());
        return found;
    }

    private List<WalFixture.Seen> upTo(long sequence) {
        return new ArrayList<>(
                history.stream().filter(record -> record.sequence() <= sequence).toList());
    }

    /** The records that a start with a checkpoint of this number replays. */
    List<WalFixture.Seen> behind(long sequence) {
        return history.stream().filter(record -> record.sequence() > sequence).toList();
    }

    /** Positions change when a survivor is rewritten; the rest must not. */
    static List<String> contents(List<WalFixture.Seen> records) {
        return records.stream()
                .map(seen -> seen.sequence() + " " + seen.type() + " " + seen.text())
                .toList();
    }

    private static long last(List<WalFixture.Seen> records) {
        return records.isEmpty() ? 0 : records.get(records.size() - 1).sequence();
    }
}
