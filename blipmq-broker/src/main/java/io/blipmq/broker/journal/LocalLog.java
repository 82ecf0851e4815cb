package io.blipmq.broker.journal;

import io.blipmq.broker.message.MessageView;
import io.blipmq.wal.RecordHandler;
import io.blipmq.wal.Room;
import io.blipmq.wal.WalAppender;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/** The command log kept in this machine's write-ahead log: commands as records. Owned by the core thread. */
public final class LocalLog implements CommandLog {
    /** How long settlements wait for a publish whose frame they can ride in. */
    private static final long SETTLEMENTS_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final WalAppender log;
    private final MessageStore messages;
    private final CommandDecoder decoder = new CommandDecoder();
    private final RecordHandler onStored = this::onStored;

    private CommandHandler handler;
    private long appliedSequence;
    /** Whether somebody waits for what this turn appended. */
    private boolean forceWanted;

    /** Whether the clock's jump has found no room in this turn. */
    private boolean clockRefused;

    private boolean sealed;
    private boolean settlementsWait;
    private long settlementsSinceNanos;

    /** @param messages that commands copy */
    public LocalLog(WalAppender log, MessageStore messages) {
        this.log = log;
        this.messages = messages;
        this.appliedSequence = log.lastSequence();
    }

    @Override
    public boolean isReplicated() {
        return false;
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
    public long appendSubscribe(OwnerId owner, byte[] topic, byte[] name, boolean endsWithConnection) {
        int bytes = CommandCodec.subscribeBytes(topic, name);
        Room room = roomFor(bytes);
        if (room != Room.YES) {
            return refusal(room);
        }
        int offset = log.claim(bytes);
        CommandCodec.encodeSubscribe(log.buffer(), offset, owner, topic, name, endsWithConnection);
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
        Room room = clockRefused ? Room.BUSY : roomFor(bytes);
        if (room != Room.YES) {
            return refusal(room);
        }
        int offset = log.claim(bytes);
        ByteBuffer target = log.buffer();
        int payload = CommandCodec.encodeDeadLetter(
                target, offset, subscriptionId, redriven, attempts, key, message, properties, expiresMillis);
        messages.readPayload(message, target.duplicate().position(payload));
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
        Room room = clockRefused ? Room.BUSY : roomFor(bytes);
        if (room != Room.YES) {
            return refusal(room);
        }
        int offset = log.claim(bytes);
        ByteBuffer target = log.buffer();
        int payload = CommandCodec.encodeRedrive(
                target, offset, subscriptionId, deadLettersId, key, letter, properties, expiresMillis);
        messages.readPayload(letter, target.duplicate().position(payload));
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

    @Override
    public long appendSettings(ReplicatedSettings settings) {
        Room room = roomFor(CommandCodec.SETTINGS_BYTES);
        if (room != Room.YES) {
            return refusal(room);
        }
        int offset = log.claim(CommandCodec.SETTINGS_BYTES);
        CommandCodec.encodeSettings(log.buffer(), offset, settings);
        forceWanted = true;
        return log.commit(CommandCodec.SETTINGS);
    }

    @Override
    public long appendClock(long millis) {
        Room room = roomInReserve(CommandCodec.CLOCK_BYTES);
        clockRefused = room != Room.YES;
        if (clockRefused) {
            return refusal(room);
        }
        int offset = log.claim(CommandCodec.CLOCK_BYTES);
        log.buffer().putLong(offset, millis);
        settlementsWait = true; // it rides along as they do
        return log.commit(CommandCodec.CLOCK);
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
        clockRefused = false;
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
    public int drain(CommandHandler commands, RoleHandler roles, int commandsMax) {
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
}
