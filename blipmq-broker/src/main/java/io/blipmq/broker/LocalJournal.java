package io.blipmq.broker;

import io.blipmq.wal.CheckpointHandler;
import io.blipmq.wal.Liveness;
import io.blipmq.wal.LogContent;
import io.blipmq.wal.RecordHandler;
import io.blipmq.wal.RecordKey;
import io.blipmq.wal.Room;
import io.blipmq.wal.Wal;
import io.blipmq.wal.WalAppender;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/** The journal kept in this machine's write-ahead log: commands as records. Owned by the core thread. */
public final class LocalJournal implements Journal {
    /** How long settlements wait for a publish whose frame they can ride in. */
    private static final long SETTLEMENTS_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Wal wal;
    private final WalAppender log;
    private final MessageReadback messages;
    private final CommandDecoder decoder = new CommandDecoder();
    private final RecordHandler onStored = this::onStored;

    private CommandHandler handler;
    private long appliedSequence;
    private long checkpointSequence;
    /** Whether somebody waits for what this turn appended. */
    private boolean forceWanted;

    private boolean sealed;
    /** Whether somebody waits to begin a checkpoint. */
    private boolean checkpointWaits;

    private boolean settlementsWait;
    private long settlementsSinceNanos;

    private LocalJournal(Wal wal) {
        this.wal = wal;
        this.log = wal.appender();
        this.messages = new MessageReadback(log, wal.history());
        this.appliedSequence = log.lastSequence();
    }

    /** What messages are listed under in the segments' index files, for {@link #find}. */
    public static RecordKey recordKey() {
        return CommandCodec::locateKey;
    }

    /** Gives the checkpoint of a log that is being opened to {@code replay}. */
    public static CheckpointHandler restoreTo(CommandHandler replay) {
        return new CheckpointHandler() {
            @Override
            public void onCheckpoint(long sequence, ByteBuffer content) {
                replay.onCheckpoint(content);
            }

            @Override
            public void onLost(long firstSequence, long lastSequence) {
                replay.onLost(firstSequence, lastSequence);
            }
        };
    }

    /** What can be read of a log. */
    public static LogContent content() {
        return new JournalContent();
    }

    /** Hands every command of a log that is being opened to {@code replay}. */
    public static RecordHandler replayTo(CommandHandler replay) {
        CommandDecoder decoder = new CommandDecoder();
        return (sequence, type, buffer, offset, length, position) ->
                decoder.decode(sequence, type, buffer, offset, length, position, replay);
    }

    /** The journal of a log that has been opened and replayed. */
    public static LocalJournal over(Wal wal) {
        return new LocalJournal(wal);
    }

    @Override
    public long appendPublish(MessageView message) {
        int bytes = CommandCodec.publishBytes(message);
        Room room = roomFor(bytes);
        if (room != Room.YES) {
            return refusal(room);
        }
        int offset = log.claim(bytes);
        CommandCodec.encodePublish(log.buffer(), offset, message);
        forceWanted = true;
        return log.commit(CommandCodec.PUBLISH);
    }

    @Override
    public long appendSubscribe(OwnerId owner, byte[] topic, byte[] name, boolean passing) {
        int bytes = CommandCodec.subscribeBytes(topic, name);
        Room room = roomFor(bytes);
        if (room != Room.YES) {
            return refusal(room);
        }
        int offset = log.claim(bytes);
        CommandCodec.encodeSubscribe(log.buffer(), offset, owner, topic, name, passing);
        forceWanted = true;
        return log.commit(CommandCodec.SUBSCRIBE);
    }

    @Override
    public long appendSettle(
            long subscriptionId, long deliveryTag, boolean redriven, int payloadLength, SettleReason reason) {
        Room room = roomInReserve(CommandCodec.SETTLE_BYTES);
        if (room != Room.YES) {
            return refusal(room);
        }
        int offset = log.claim(CommandCodec.SETTLE_BYTES);
        CommandCodec.encodeSettle(log.buffer(), offset, subscriptionId, deliveryTag, redriven, payloadLength, reason);
        settlementsWait = true;
        forceWanted |= reason == SettleReason.PURGED; // a client waits for it
        return log.commit(CommandCodec.SETTLE);
    }

    @Override
    public long appendDeadLetter(
            long subscriptionId,
            boolean redriven,
            int attempts,
            byte[] key,
            StoredMessage message,
            byte[] properties,
            long expiresMillis) {
        int bytes = CommandCodec.deadLetterBytes(key, properties, message.payloadLength);
        Room room = roomFor(bytes);
        if (room != Room.YES) {
            return refusal(room);
        }
        int offset = log.claim(bytes);
        ByteBuffer target = log.buffer();
        int payload = CommandCodec.encodeDeadLetter(
                target, offset, subscriptionId, redriven, attempts, key, message, properties, expiresMillis);
        readPayload(message, target.duplicate().position(payload));
        forceWanted = true;
        return log.commit(CommandCodec.DEAD_LETTER);
    }

    @Override
    public long appendRedrive(
            long subscriptionId,
            long deadLettersId,
            byte[] key,
            StoredMessage letter,
            byte[] properties,
            long expiresMillis) {
        int bytes = CommandCodec.redriveBytes(key, properties, letter.payloadLength);
        Room room = roomFor(bytes);
        if (room != Room.YES) {
            return refusal(room);
        }
        int offset = log.claim(bytes);
        ByteBuffer target = log.buffer();
        int payload = CommandCodec.encodeRedrive(
                target, offset, subscriptionId, deadLettersId, key, letter, properties, expiresMillis);
        readPayload(letter, target.duplicate().position(payload));
        forceWanted = true;
        return log.commit(CommandCodec.REDRIVE);
    }

    @Override
    public long appendRemove(long subscriptionId, RemoveReason reason) {
        Room room = roomInReserve(CommandCodec.REMOVE_BYTES);
        if (room != Room.YES) {
            return refusal(room);
        }
        int offset = log.claim(CommandCodec.REMOVE_BYTES);
        CommandCodec.encodeRemove(log.buffer(), offset, subscriptionId, reason);
        forceWanted = true;
        return log.commit(CommandCodec.REMOVE);
    }

    private Room roomFor(int bytes) {
        return sealed ? Room.FULL : log.roomFor(bytes);
    }

    /**
     * Settlements and removals make room, so they may use the last of it; a move to the dead letters is a copy, and takes
     * some.
     */
    private Room roomInReserve(int bytes) {
        return sealed ? Room.FULL : log.roomInReserve(bytes);
    }

    private static long refusal(Room room) {
        return room == Room.FULL ? FULL : BUSY;
    }

    @Override
    public void requestForce() {
        forceWanted = true;
    }

    @Override
    public void submit(long nowNanos) {
        if (sealed) {
            return;
        }
        if (forceWanted || settlementsAreDue(nowNanos)) {
            log.submit(forceWanted);
            forceWanted = false;
            settlementsWait = false;
            settlementsSinceNanos = nowNanos;
        }
        log.markIdle(nowNanos);
    }

    @Override
    public boolean hasWaitingSettlements() {
        return settlementsWait;
    }

    /** A first settlement after a quiet time goes at once, the following ones gather. */
    private boolean settlementsAreDue(long nowNanos) {
        return settlementsWait && nowNanos - settlementsSinceNanos >= SETTLEMENTS_WAIT_NANOS;
    }

    @Override
    public int drainStored(CommandHandler commands, int commandsMax) {
        handler = commands;
        return log.drainStored(onStored, commandsMax);
    }

    private void onStored(long sequence, int type, ByteBuffer buffer, int offset, int length, long position) {
        decoder.decode(sequence, type, buffer, offset, length, position, handler);
        appliedSequence = sequence;
    }

    @Override
    public long appliedSequence() {
        return appliedSequence;
    }

    @Override
    public void seal() {
        sealed = true;
        log.seal();
    }

    @Override
    public long findableThrough() {
        return wal.history().indexedThrough();
    }

    @Override
    public int find(byte[] key, long fromSequence, long throughSequence, long[] sequences, long[] positions) {
        return messages.find(key, fromSequence, throughSequence, sequences, positions);
    }

    @Override
    public int findWork() {
        return messages.findWork();
    }

    @Override
    public void readMessage(StoredMessage message) {
        messages.readMessage(message);
    }

    @Override
    public void read(StoredMessage message, int offset, int length, ByteBuffer target) {
        messages.read(message, offset, length, target);
    }

    @Override
    public boolean isCheckpointDue(long nowNanos, boolean unlogged) {
        return !checkpointWaits && wal.isCheckpointDue(nowNanos, unlogged);
    }

    @Override
    public boolean isCheckpointing() {
        return wal.isCheckpointing();
    }

    @Override
    public long beginCheckpoint() {
        checkpointSequence = appliedSequence;
        return checkpointSequence;
    }

    @Override
    public void hurryCheckpoint() {
        checkpointWaits = true;
        wal.hurryCheckpoint();
    }

    @Override
    public void checkpoint(ByteBuffer state, Liveness liveness) {
        checkpointWaits = false;
        wal.checkpoint(checkpointSequence, state, liveness);
    }
}
