package io.blipmq.broker;

import io.blipmq.wal.RecordHandler;
import io.blipmq.wal.RecordKey;
import io.blipmq.wal.Room;
import io.blipmq.wal.WalAppender;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/** The journal kept in this machine's write-ahead log: commands as records. Owned by the core thread. */
public final class LocalJournal implements Journal {
    /** How long settlements wait for a publish whose frame they can ride in. */
    private static final long SETTLEMENTS_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final WalAppender log;
    private final RecordHandler onStored = this::onStored;
    private CommandHandler handler;
    private long appliedSequence;
    /** Whether somebody waits for what this turn appended. */
    private boolean forceWanted;

    private boolean sealed;
    private boolean settlementsWait;
    private long settlementsSinceNanos;

    private LocalJournal(WalAppender log, long appliedSequence) {
        this.log = log;
        this.appliedSequence = appliedSequence;
    }

    /** Messages are listed under their topic in the segments' index files. */
    public static RecordKey recordKey() {
        return CommandCodec::locateTopic;
    }

    /** Hands every command of a log that is being opened to {@code replay}. */
    public static RecordHandler replayTo(CommandHandler replay) {
        return (sequence, type, buffer, offset, length, position) ->
                CommandCodec.decode(sequence, type, buffer, offset, length, position, replay);
    }

    /** The journal of a log that has been opened and replayed. */
    public static LocalJournal over(WalAppender log) {
        return new LocalJournal(log, log.lastSequence());
    }

    @Override
    public long appendPublish(
            ByteBuffer frame,
            int topicOffset,
            int topicLength,
            int payloadOffset,
            int payloadLength,
            long publishedMillis,
            long expiresMillis) {
        int bytes = CommandCodec.publishBytes(topicLength, payloadLength);
        Room room = roomFor(bytes);
        if (room != Room.YES) {
            return refusal(room);
        }
        int offset = log.claim(bytes);
        CommandCodec.encodePublish(
                log.buffer(),
                offset,
                frame,
                topicOffset,
                topicLength,
                payloadOffset,
                payloadLength,
                publishedMillis,
                expiresMillis);
        forceWanted = true;
        return log.commit(CommandCodec.PUBLISH);
    }

    @Override
    public long appendSubscribe(OwnerId owner, byte[] topic) {
        int bytes = CommandCodec.subscribeBytes(topic.length);
        Room room = roomFor(bytes);
        if (room != Room.YES) {
            return refusal(room);
        }
        int offset = log.claim(bytes);
        CommandCodec.encodeSubscribe(log.buffer(), offset, owner, topic);
        forceWanted = true;
        return log.commit(CommandCodec.SUBSCRIBE);
    }

    @Override
    public long appendSettle(long subscriptionId, long deliveryTag, SettleReason reason) {
        Room room = roomInReserve(CommandCodec.SETTLE_BYTES);
        if (room != Room.YES) {
            return refusal(room);
        }
        int offset = log.claim(CommandCodec.SETTLE_BYTES);
        CommandCodec.encodeSettle(log.buffer(), offset, subscriptionId, deliveryTag, reason);
        settlementsWait = true;
        return log.commit(CommandCodec.SETTLE);
    }

    @Override
    public long appendDeadLetter(
            long subscriptionId, long deliveryTag, int attempts, long movedMillis, long expiresMillis) {
        Room room = roomInReserve(CommandCodec.DEAD_LETTER_BYTES);
        if (room != Room.YES) {
            return refusal(room);
        }
        int offset = log.claim(CommandCodec.DEAD_LETTER_BYTES);
        CommandCodec.encodeDeadLetter(
                log.buffer(), offset, subscriptionId, deliveryTag, attempts, movedMillis, expiresMillis);
        forceWanted = true;
        return log.commit(CommandCodec.DEAD_LETTER);
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

    /** Settlements, moves and removals make room, so they may use the last of it. */
    private Room roomInReserve(int bytes) {
        return sealed ? Room.FULL : log.roomInReserve(bytes);
    }

    private static long refusal(Room room) {
        return room == Room.FULL ? FULL : BUSY;
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
        CommandCodec.decode(sequence, type, buffer, offset, length, position, handler);
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
    public void read(long position, int length, ByteBuffer target) {
        if (!log.read(position, length, target)) {
            throw new IllegalStateException("the log does not hold the " + length + " bytes at position " + position
                    + " that a message was stored in");
        }
    }
}
