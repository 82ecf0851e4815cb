package io.blipmq.broker.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * Every command that the log holds or may hold, in the order of appending, and what of it must survive. Owned by the
 * simulation's thread.
 */
final class History {
    private final List<Entry> entries = new ArrayList<>();
    private int applied;
    private long highestEver;

    record Entry(long sequence, Command command) {}

    History(List<Entry> past) {
        entries.addAll(past);
        highestEver = lastSequence();
    }

    void onAppended(long sequence, Command command) {
        Check.that(sequence > highestEver, () -> "number " + sequence + " was given out before: " + command);
        highestEver = sequence;
        entries.add(new Entry(sequence, command));
    }

    /** @return the command as it was appended */
    Command onApplied(Command command) {
        Check.that(applied < entries.size(), () -> "applied what was never appended: " + command);
        Entry expected = entries.get(applied++);
        Check.that(
                expected.command.isHandedBackAs(command),
                () -> "appended as number " + expected.sequence + ": " + expected.command + ", applied: " + command);
        return expected.command;
    }

    /** The number of the last command that has taken effect. */
    long appliedSequence() {
        return applied == 0 ? 0 : entries.get(applied - 1).sequence;
    }

    long lastSequence() {
        return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).sequence;
    }

    List<Entry> entries() {
        return entries;
    }

    /** The commands behind a number. */
    List<Entry> entriesBehind(long sequence) {
        return entries.subList(countThrough(sequence), entries.size());
    }

    private int countThrough(long sequence) {
        int count = entries.size();
        while (count > 0 && entries.get(count - 1).sequence > sequence) {
            count--;
        }
        return count;
    }

    /**
     * A start found these commands behind its checkpoint: the next ones of the history, none missing, none changed.
     *
     * @param restored the last number in the checkpoint; 0 without one
     * @param required the last number that must not be lost
     * @param last the number that the log says it ends with
     */
    void onRestart(long restored, List<Command> replayed, long required, long last) {
        int begin = countThrough(restored);
        Check.that(
                begin + replayed.size() <= entries.size(),
                () -> "replayed " + replayed.size() + " commands behind " + restored + ", of "
                        + (entries.size() - begin));
        for (int i = 0; i < replayed.size(); i++) {
            Entry expected = entries.get(begin + i);
            Command found = replayed.get(i);
            Check.that(
                    expected.command.isHandedBackAs(found),
                    () -> "number " + expected.sequence + " was " + expected.command + ", replayed: " + found);
        }
        entries.subList(begin + replayed.size(), entries.size()).clear();
        applied = entries.size();
        Check.that(
                last == lastSequence(), () -> "the log ends with " + last + ", its last command is " + lastSequence());
        Check.that(
                last >= required,
                () -> "number " + required + " was stored and is lost: the log ends with " + lastSequence());
    }
}
