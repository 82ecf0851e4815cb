package io.blipmq.broker;

import io.blipmq.broker.journal.CommandDecoder;
import io.blipmq.broker.journal.CommandHandler;
import io.blipmq.broker.journal.Journal;
import io.blipmq.broker.journal.RoleHandler;
import io.blipmq.broker.journal.Snapshots;
import io.blipmq.broker.journal.StoredMessage;
import io.blipmq.wal.LiveRecords;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A log that several nodes keep together, in memory and without a network: its test decides when commands are committed, when
 * a node learns of that, who leads, what of a leader's commands is lost, and when a leader learns that it leads no more. Owned
 * by one thread.
 *
 * <p>It asserts itself what makes it a replicated log: what is committed stays, in one order; a term has one leader, which
 * begins behind everything that was committed before; and nobody appends who has been told that he does not lead.
 */
public final class ReplicatedMemoryLog {
    /** More of a leader's frames than this find no room. */
    private static final int PROPOSED_MAX = 12;

    private final List<Entry> committed = new ArrayList<>();
    private Node leader;
    private int term;

    private record Entry(long number, int term, int type, ByteBuffer body) {}

    /** A node whose log is empty, and which does not lead. */
    public Node addNode() {
        return new Node(null);
    }

    /** How many commands are committed, which is also the number of the last one. */
    public long committed() {
        return committed.size();
    }

    /** The term that a committed command is of. */
    public int termOf(long number) {
        return committed.get((int) number - 1).term;
    }

    /** The node whose commands are committed; it may not know yet, and another one may not know yet that it is not. */
    public Node leader() {
        return leader;
    }

    /** Commits the oldest frames of the leader. */
    public void commit(int framesMax) {
        for (int i = 0; i < framesMax && leader != null && !leader.proposed.isEmpty(); i++) {
            for (Entry entry : leader.proposed.remove()) {
                check(entry.number == committed.size() + 1, "number " + entry.number + " behind " + committed.size());
                check(entry.term == term, "a command of term " + entry.term + " is committed in term " + term);
                committed.add(entry);
            }
        }
    }

    /**
     * Another node leads, or the same one again.
     *
     * @param framesKept of the old leader's that were not committed and the new one has; the others are lost
     */
    public void elect(Node next, int framesKept) {
        commit(framesKept);
        if (leader != null) {
            leader.end(committed.size());
        }
        leader = next;
        term++;
        if (next.leads()) {
            next.learnsOfEnd();
        }
        next.elected(committed.size());
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /** One node's part of it: its command log, its messages, its snapshots. */
    public final class Node extends EncodedCommands implements Snapshots {
        private final ArrayDeque<List<Entry>> proposed = new ArrayDeque<>();
        private List<Entry> open = new ArrayList<>();
        /** Whether it has been told that it leads, and not yet that it does no more. */
        private boolean leading;

        private int ownTerm;

        private long nextNumber;
        /** Where its leadership ended; it cannot get more than that before it knows. */
        private long endedAt = Long.MAX_VALUE;

        private boolean knowsOfEnd;
        /** Everything up to this is to be applied before it leads; negative: it is not elected. */
        private long electedAt = -1;

        private long available;
        private long applied;
        private long applying;
        private long findableThrough;

        private long imageNumber;
        private ByteBuffer image;

        private long begun;
        private Snapshot kept;
        private boolean due;
        private final CommandDecoder decoder = new CommandDecoder();

        private record Snapshot(long number, ByteBuffer state) {}

        private Node(Snapshot restored) {
            kept = restored;
            if (restored != null) {
                applied = restored.number;
                available = applied;
                findableThrough = applied;
            }
        }

        /** Its process ends, and begins anew with its last snapshot. */
        public Node restart() {
            end(committed.size());
            if (leader == this) {
                leader = null;
            }
            return new Node(kept);
        }

        public Journal open(CommandHandler replay) {
            if (kept != null) {
                replay.onCheckpoint(kept.state.duplicate());
            }
            return new Journal(this, this, this);
        }

        // --- what its test decides

        /** Learns of so many more committed commands. */
        public void learn(long commands) {
            available = Math.min(Math.max(available, applied) + Math.min(commands, committed.size()), committed.size());
        }

        /** Learns that it leads no more, if that is so. */
        public void learnsOfEnd() {
            knowsOfEnd = isDeposed();
        }

        /** Messages up to here can be found by key. */
        public void index(long commands) {
            findableThrough = Math.min(applied, findableThrough + Math.min(commands, committed.size()));
        }

        /** Gets another node's state instead of the commands that it is missing. */
        public void receiveImage(long number, ByteBuffer state) {
            if (number > applied && !leads()) {
                imageNumber = number;
                image = state;
            }
        }

        public void wantSnapshot() {
            due = true;
        }

        /** What it leads in, or led in last. */
        public int term() {
            return ownTerm;
        }

        /** Whether it takes itself for the leader. */
        public boolean leads() {
            return leading;
        }

        /** Whether it takes itself for the leader and is not. */
        public boolean isDeposed() {
            return leading && (leader != this || endedAt < Long.MAX_VALUE);
        }

        private void end(long at) {
            proposed.clear();
            electedAt = -1;
            if (leading) {
                endedAt = Math.min(endedAt, at); // it may not have heard of an earlier end
            }
        }

        private void elected(long at) {
            electedAt = at;
            ownTerm = term;
        }

        // --- command log

        @Override
        public boolean isReplicated() {
            return true;
        }

        @Override
        long append(int type, ByteBuffer body) {
            if (knowsOfEnd) {
                return NOT_LEADER;
            }
            check(leading, "a node appends that does not lead");
            if (proposed.size() > PROPOSED_MAX) {
                return BUSY;
            }
            open.add(new Entry(nextNumber, ownTerm, type, body));
            return nextNumber++;
        }

        @Override
        public void requestForce() {
            // everything is committed as soon as it can be
        }

        @Override
        public void submit(long nowNanos) {
            if (!open.isEmpty()) {
                if (!isDeposed()) {
                    proposed.add(open);
                }
                open = new ArrayList<>();
            }
        }

        @Override
        public boolean hasWaitingSettlements() {
            return false;
        }

        @Override
        public int drain(Supplier<? extends CommandHandler> state, RoleHandler roles, int commandsMax) {
            if (knowsOfEnd) {
                endLeading(roles);
            }
            if (image != null) {
                install(roles);
            }
            int count = 0;
            lead(roles);
            while (count < commandsMax && applied < Math.min(available, endedAt)) {
                apply(committed.get((int) applied), state.get());
                count++;
                lead(roles);
            }
            return count;
        }

        private void endLeading(RoleHandler roles) {
            knowsOfEnd = false;
            leading = false;
            endedAt = Long.MAX_VALUE;
            open = new ArrayList<>();
            roles.onLost(applied + 1);
        }

        private void install(RoleHandler roles) {
            if (imageNumber > applied) {
                applied = imageNumber;
                available = Math.max(available, applied);
                findableThrough = applied;
                roles.onImage(imageNumber, image.duplicate());
            }
            image = null;
        }

        private void lead(RoleHandler roles) {
            if (electedAt >= 0 && applied == electedAt && !leading) {
                electedAt = -1;
                leading = true;
                nextNumber = applied + 1;
                roles.onLeading();
            }
        }

        private void apply(Entry entry, CommandHandler commands) {
            applying = entry.number;
            decoder.decode(
                    entry.number, entry.type, entry.body, 0, entry.body.capacity(), entry.number << 32, commands);
            applied = entry.number;
        }

        @Override
        public long appliedSequence() {
            return applied;
        }

        @Override
        public void seal() {
            throw new UnsupportedOperationException("a simulated node ends by being forgotten");
        }

        // --- messages

        @Override
        public long findableThrough() {
            return findableThrough;
        }

        @Override
        public int findWork() {
            return 1_000;
        }

        @Override
        int type(long number) {
            return committed.get((int) number - 1).type;
        }

        @Override
        ByteBuffer body(long number) {
            return committed.get((int) number - 1).body;
        }

        @Override
        ByteBuffer body(StoredMessage message) {
            check(message.position == message.sequence << 32, "message " + message.sequence + " is not there");
            check(message.sequence <= Math.max(applied, applying), "message " + message.sequence + " is not applied");
            return body(message.sequence);
        }

        // --- snapshots

        @Override
        public boolean isDue(long nowNanos, boolean unlogged) {
            return due;
        }

        @Override
        public boolean isBeingKept() {
            return false;
        }

        @Override
        public void hurry() {
            // none is ever being written
        }

        @Override
        public long begin() {
            due = false;
            begun = applied;
            return applied;
        }

        @Override
        public void keep(ByteBuffer state, LiveRecords liveness) {
            kept = new Snapshot(begun, state);
        }
    }
}
