package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.journal.CommandCodec;
import io.blipmq.broker.journal.CommandDecoder;
import io.blipmq.broker.journal.CommandHandler;
import io.blipmq.broker.journal.Journal;
import io.blipmq.broker.journal.RoleHandler;
import io.blipmq.broker.journal.Snapshots;
import io.blipmq.broker.journal.StoredMessage;
import io.blipmq.wal.LiveRecords;
import io.blipmq.wal.LiveRecordsOfKey;
import io.blipmq.wal.RecordKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A journal in memory whose test decides when commands become stored, and what survives a restart. */
public final class MemoryJournal extends EncodedCommands implements Snapshots {
    private record Entry(long sequence, int type, ByteBuffer body) {}

    private final CommandDecoder decoder = new CommandDecoder();
    private final List<Entry> entries = new ArrayList<>();
    private int stored;
    private int applied;
    private boolean holding = true;
    private boolean full;
    private boolean busy;
    private int forceRequests;
    private int roomFor = Integer.MAX_VALUE;
    private boolean checkpointDue;
    private LiveRecords liveness;
    private ByteBuffer checkpoint;
    private int checkpointSequence;
    private int begunSequence;
    private boolean settlementsBusy;
    private boolean lettersBusy;
    private int finds;
    private int indexedThrough = Integer.MAX_VALUE;
    private int reads;

    /** From now on what a turn appends counts as stored when the turn ends, and so does everything before. */
    public void release() {
        holding = false;
        storeAll();
    }

    /** From now on, as at first, nothing more counts as stored, until {@link #storeAll} or {@link #release}. */
    public void hold() {
        holding = true;
    }

    /** Everything appended counts as stored from now on. */
    public void storeAll() {
        stored = entries.size();
    }

    public void full(boolean isFull) {
        full = isFull;
    }

    public void busy(boolean isBusy) {
        busy = isBusy;
    }

    boolean isBusy() {
        return busy || full;
    }

    /** Nothing of what is stored from now on can be found by key. */
    void stopIndexing() {
        indexedThrough = stored;
    }

    /** Everything that is stored can be found by key again. */
    void index() {
        indexedThrough = Integer.MAX_VALUE;
    }

    /** After so many more commands there is no room. */
    void busyAfter(int commands) {
        roomFor = commands;
    }

    void settlementsBusy(boolean isBusy) {
        settlementsBusy = isBusy;
    }

    public void lettersBusy(boolean isBusy) {
        lettersBusy = isBusy;
    }

    public int size() {
        return entries.size();
    }

    /** How often messages' heads have been read. */
    int reads() {
        return reads;
    }

    /** How often positions have been looked for. */
    int finds() {
        return finds;
    }

    /** A new process over what was stored; what was not is lost. */
    MemoryJournal restart(CommandHandler replay) {
        MemoryJournal next = new MemoryJournal();
        next.entries.addAll(entries.subList(0, stored));
        next.stored = stored;
        if (checkpoint != null) {
            next.checkpoint = checkpoint;
            next.checkpointSequence = checkpointSequence;
            next.applied = checkpointSequence;
            replay.onCheckpoint(checkpoint.duplicate());
        }
        next.drain(() -> replay, null, Integer.MAX_VALUE);
        return next;
    }

    @Override
    public boolean isReplicated() {
        return false;
    }

    /** The three parts that it is. */
    public Journal journal() {
        return new Journal(this, this, this);
    }

    @Override
    long append(int type, ByteBuffer body) {
        boolean kindBusy =
                type == CommandCodec.SETTLE && settlementsBusy || type == CommandCodec.DEAD_LETTER && lettersBusy;
        if (busy || kindBusy || roomFor == 0) {
            return BUSY;
        }
        if (full) {
            return FULL;
        }
        roomFor--;
        long sequence = entries.size() + 1;
        entries.add(new Entry(sequence, type, body));
        return sequence;
    }

    @Override
    public void requestForce() {
        forceRequests++;
    }

    /** How often somebody wanted what was appended to be stored. */
    int forceRequests() {
        return forceRequests;
    }

    @Override
    public void submit(long nowNanos) {
        if (!holding) {
            storeAll();
        }
    }

    @Override
    public boolean hasWaitingSettlements() {
        return false;
    }

    @Override
    public void seal() {
        full = true;
    }

    @Override
    public int drain(Supplier<? extends CommandHandler> state, RoleHandler roles, int commandsMax) {
        int count = 0;
        while (applied < stored && count < commandsMax) {
            Entry entry = entries.get(applied++);
            decoder.decode(
                    entry.sequence,
                    entry.type,
                    entry.body,
                    0,
                    entry.body.capacity(),
                    entry.sequence << 32,
                    state.get());
            count++;
        }
        return count;
    }

    @Override
    public long appliedSequence() {
        return applied;
    }

    /** Everything that is stored can be found, unless its test says otherwise. */
    @Override
    public long findableThrough() {
        return Math.min(stored, indexedThrough);
    }

    @Override
    int find(Predicate<byte[]> wanted, long fromSequence, long throughSequence, long[] sequences, long[] positions) {
        finds++;
        return super.find(wanted, fromSequence, throughSequence, sequences, positions);
    }

    /** As for some segments. */
    @Override
    public int findWork() {
        return 10_000;
    }

    @Override
    public void readMessage(StoredMessage message) {
        reads++;
        super.readMessage(message);
    }

    @Override
    int type(long number) {
        return entries.get((int) number - 1).type;
    }

    @Override
    ByteBuffer body(long number) {
        return entries.get((int) number - 1).body;
    }

    @Override
    ByteBuffer body(StoredMessage message) {
        assertThat(message.position).isEqualTo(message.sequence << 32);
        return body(message.sequence);
    }

    /** Forgets the messages that nobody wants according to the last checkpoint, as a log does. */
    void forgetUnwanted() {
        for (long number = 1; number <= checkpointSequence; number++) {
            long located = locateKey(number);
            if (located != RecordKey.NONE) {
                LiveRecordsOfKey wanted = liveness.of(key(body(number), located));
                if (wanted == null || !wanted.isLive(number)) {
                    entries.set((int) number - 1, new Entry(number, type(number), ByteBuffer.allocate(0)));
                }
            }
        }
    }

    /** A record is not there any more. */
    void lose(long number) {
        entries.set((int) number - 1, new Entry(number, CommandCodec.CLOCK, ByteBuffer.allocate(Long.BYTES)));
    }

    /** Asks for a checkpoint with the next turn. */
    void wantCheckpoint() {
        checkpointDue = true;
    }

    /** The last checkpoint's state, read back, a line for each piece. */
    List<String> checkpoint() {
        return CheckpointText.of(checkpoint);
    }

    /** What was said to be wanted with the last checkpoint. */
    LiveRecords liveness() {
        return liveness;
    }

    @Override
    public boolean isDue(long nowNanos, boolean unlogged) {
        return checkpointDue || full && unlogged;
    }

    @Override
    public boolean isBeingKept() {
        return false;
    }

    @Override
    public long begin() {
        begunSequence = applied;
        return applied;
    }

    @Override
    public void hurry() {
        // none is ever being written
    }

    @Override
    public void keep(ByteBuffer state, LiveRecords newLiveness) {
        checkpointDue = false;
        checkpoint = state;
        checkpointSequence = begunSequence;
        liveness = newLiveness;
    }
}
