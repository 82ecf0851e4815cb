package io.blipmq.broker.journal;

import io.blipmq.broker.message.MessageView;
import io.blipmq.wal.Capacity;
import io.blipmq.wal.RecordHandler;
import io.blipmq.wal.WalAppender;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

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
        int offset = claim(CommandCodec.publishBytes(message));
        if (offset < 0) {
            return offset;
        }
        CommandCodec.encodePublish(log.buffer(), offset, message);
        return commitForced(CommandCodec.PUBLISH);
    }

    @Override
    public long appendPublishOnce(OwnerId owner, MessageView message) {
        int offset = claim(CommandCodec.publishOnceBytes(message));
        if (offset < 0) {
            return offset;
        }
        CommandCodec.encodePublishOnce(log.buffer(), offset, owner, message);
        return commitForced(CommandCodec.PUBLISH_ONCE);
    }

    @Override
    public long appendSubscribe(OwnerId owner, byte[] topic, boolean filter, byte[] name, boolean endsWithConnection) {
        int offset = claim(CommandCodec.subscribeBytes(topic, name));
        if (offset < 0) {
            return offset;
        }
        CommandCodec.encodeSubscribe(log.buffer(), offset, owner, topic, filter, name, endsWithConnection);
        return commitForced(CommandCodec.SUBSCRIBE);
    }

    @Override
    public long appendSettle(
            long subscriptionId, long deliveryTag, boolean redriven, int payloadLength, SettleReason reason) {
        int offset = claimInReserve(CommandCodec.SETTLE_BYTES);
        if (offset < 0) {
            return offset;
        }
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
        int offset = claimBehindClock(CommandCodec.deadLetterBytes(key, properties, message.payloadLength));
        if (offset < 0) {
            return offset;
        }
        ByteBuffer target = log.buffer();
        int payload = CommandCodec.encodeDeadLetter(
                target, offset, subscriptionId, redriven, attempts, key, message, properties, expiresMillis);
        messages.readPayload(message, target.duplicate().position(payload));
        return commitForced(CommandCodec.DEAD_LETTER);
    }

    @Override
    public long appendRedrive(
            long subscriptionId,
            long deadLettersId,
            byte[] key,
            StoredMessage letter,
            byte[] properties,
            long expiresMillis) {
        int offset = claimBehindClock(CommandCodec.redriveBytes(key, properties, letter.payloadLength));
        if (offset < 0) {
            return offset;
        }
        ByteBuffer target = log.buffer();
        int payload = CommandCodec.encodeRedrive(
                target, offset, subscriptionId, deadLettersId, key, letter, properties, expiresMillis);
        messages.readPayload(letter, target.duplicate().position(payload));
        return commitForced(CommandCodec.REDRIVE);
    }

    @Override
    public long appendSchedule(OwnerId owner, MessageView message, long dueMillis) {
        byte[] key = MessageKeys.ofScheduled(DueTimes.bucketOf(dueMillis));
        int offset = claim(CommandCodec.scheduleBytes(key, message));
        if (offset < 0) {
            return offset;
        }
        CommandCodec.encodeSchedule(log.buffer(), offset, key, message, dueMillis, owner);
        return commitForced(CommandCodec.SCHEDULE);
    }

    @Override
    public long appendDue(StoredMessage scheduled, byte[] topic, long publishedMillis, long expiresMillis) {
        int offset = claim(CommandCodec.dueBytes(topic, scheduled));
        if (offset < 0) {
            return offset;
        }
        ByteBuffer target = log.buffer();
        int content = CommandCodec.encodeDue(target, offset, topic, scheduled, publishedMillis, expiresMillis);
        messages.readContent(scheduled, target.duplicate().position(content));
        return commitForced(CommandCodec.DUE);
    }

    @Override
    public long appendUnschedule(long number, long dueMillis, UnscheduleReason reason) {
        int offset = claimInReserve(CommandCodec.UNSCHEDULE_BYTES);
        if (offset < 0) {
            return offset;
        }
        CommandCodec.encodeUnschedule(log.buffer(), offset, number, dueMillis, reason);
        return commitForced(CommandCodec.UNSCHEDULE);
    }

    @Override
    public long appendRemove(long subscriptionId, RemoveReason reason) {
        int offset = claimInReserve(CommandCodec.REMOVE_BYTES);
        if (offset < 0) {
            return offset;
        }
        CommandCodec.encodeRemove(log.buffer(), offset, subscriptionId, reason);
        return commitForced(CommandCodec.REMOVE);
    }

    @Override
    public long appendSettings(ReplicatedSettings settings) {
        int offset = claim(CommandCodec.SETTINGS_BYTES);
        if (offset < 0) {
            return offset;
        }
        CommandCodec.encodeSettings(log.buffer(), offset, settings);
        return commitForced(CommandCodec.SETTINGS);
    }

    @Override
    public long appendClock(long millis) {
        int offset = claimInReserve(CommandCodec.CLOCK_BYTES);
        clockRefused = offset < 0;
        if (clockRefused) {
            return offset;
        }
        log.buffer().putLong(offset, millis);
        settlementsWait = true; // it rides along as they do
        return log.commit(CommandCodec.CLOCK);
    }

    /** @return where in the log's buffer a command's body goes, or a refusal */
    private int claim(int bytes) {
        return claim(bytes, sealed ? Capacity.FULL : log.roomFor(bytes));
    }

    /** As {@link #claim(int)}, for what tells times that go by the clock's jump: not while that finds no room. */
    private int claimBehindClock(int bytes) {
        return clockRefused ? (int) BUSY : claim(bytes);
    }

    /**
     * As {@link #claim(int)}, with the last of the room: settlements and removals make room. A move to the dead letters is a
     * copy, and takes some.
     */
    private int claimInReserve(int bytes) {
        return claim(bytes, sealed ? Capacity.FULL : log.roomInReserve(bytes));
    }

    private int claim(int bytes, Capacity room) {
        return switch (room) {
            case YES -> log.claim(bytes);
            case BUSY -> (int) BUSY;
            case FULL -> (int) FULL;
        };
    }

    /** Somebody waits for what was claimed last. */
    private long commitForced(int type) {
        forceWanted = true;
        return log.commit(type);
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
    public int drain(Supplier<? extends CommandHandler> state, RoleHandler roles, int commandsMax) {
        handler = state.get(); // without roles it stays the same
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
