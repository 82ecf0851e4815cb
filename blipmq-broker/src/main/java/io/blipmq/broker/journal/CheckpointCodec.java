package io.blipmq.broker.journal;

import io.blipmq.broker.journal.CheckpointVisitor.LogState;
import io.blipmq.broker.journal.CheckpointVisitor.ScheduleState;
import io.blipmq.broker.journal.CheckpointVisitor.SubscriptionState;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Writes the broker's state as it stands in a checkpoint file, record behind record. Owned by the core thread while it is
 * written.
 *
 * <p>All integers are big-endian. This is version 1; the first release freezes it. From then on, to change the layout, raise
 * {@link #VERSION} and keep reading the older ones, which {@link CheckpointDecoder} does.
 *
 * <pre>
 * u32 version: 1
 * records up to the end, each beginning with a u8:
 *   4, when it was taken: u64 milliseconds, u32 number of jumps of the clock, each: u64 through number, u64 by, u64 to
 *     (milliseconds)
 *   1, a topic, numbered from 0 by its place among these and those of kind 6: u16 length, name; log
 *   2, a durable subscription, behind its topic:
 *     u32 length of what follows, u32 number of its topic, u64 id, 16 bytes owner, u16 length, name
 *     u8 flags: 1 = it ends with its connection, 2 = it has a log of its own, which follows
 *     u64 next sequence number, u64 passed messages, u64 passed bytes, u64 detached since (milliseconds), or 0
 *     u32 number of messages settled ahead of the cursor: u64 tag of each, then u32 payload length of each
 *     u32 number of deliveries, each:
 *       u64 tag, u64 position, u64 published, u64 expires, u32 payload offset, u32 payload length, u32 attempts
 *       u32 bytes of properties and their length, u8 flags: 1 = it came back from the dead letters, 2 = it was put off
 *       with flag 2: u64 until when (milliseconds)
 *   3, the newest letters that a subscription remembers: u64 its id, u32 number of letters, each:
 *     u64 dead-letter subscription, u64 tag, u64 origin tag, u32 payload length
 *     u8 1 = its message had come back from the dead letters before
 *   5, the settings that several nodes have agreed on: as the command's body
 *   6, a filter, numbered among the topics: u16 length, text; log
 *   7, a publish id that is remembered: u64 number of its message, u64 published (milliseconds), 16 bytes owner
 *     u8 length, id, u16 length, topic
 *   8, scheduled messages: u64 bucket, u64 first number, u64 number of messages, u64 due time and u64 number of the last
 *     one published, u32 number of those scheduled before that, u64 number of each, u32 number of those cancelled behind
 *     it, u64 number of each
 *
 * log: u64 last sequence number, u64 messages, u64 payload bytes, u64 number of the last message that may expire
 * </pre>
 */
public final class CheckpointCodec {
    public static final int VERSION = 1;

    public static final int TOPIC = 1;
    public static final int SUBSCRIPTION = 2;
    public static final int LETTERS = 3;
    public static final int TIME = 4;
    public static final int SETTINGS = 5;
    public static final int FILTER = 6;
    public static final int PUBLISH_ID = 7;
    public static final int SCHEDULE = 8;

    public static final int ENDS_WITH_CONNECTION_FLAG = 1;
    public static final int LETTERS_FLAG = 2;
    public static final int REDRIVEN_FLAG = 1;
    public static final int DELAYED_FLAG = 2;
    public static final int DELIVERED_FLAG = 4;

    private static final int TOPIC_BYTES_MAX = 1 + 2 + 4 * Long.BYTES;
    private static final int SUBSCRIPTION_BYTES_MAX = 1 + 4 + 4 + 3 * Long.BYTES + 2 + 1 + 8 * Long.BYTES + 4 + 4;
    private static final int DELIVERY_BYTES_MAX = 5 * Long.BYTES + 4 * Integer.BYTES + 1;
    private static final int SCHEDULE_BYTES = 1 + 5 * Long.BYTES + 2 * Integer.BYTES;
    private static final int LETTER_BYTES = 3 * Long.BYTES + Integer.BYTES + 1;
    /** What a subscription takes with its topic and names that are not long; a little too much makes no copy necessary. */
    private static final int SUBSCRIPTION_BYTES_USUAL = 192;

    private static final int HEAD_BYTES = 64;

    private ByteBuffer out;
    private int topics;
    /** Where the length of the subscription stands that is being written. */
    private int subscriptionAt;

    /** Room for as much as there is; it grows when that turns out to be too little. */
    public CheckpointCodec(int subscriptions, long deliveries) {
        long usual = HEAD_BYTES
                + (long) subscriptions * SUBSCRIPTION_BYTES_USUAL
                + deliveries * (DELIVERY_BYTES_MAX - Long.BYTES);
        this.out = ByteBuffer.allocate((int) Math.min(usual, Integer.MAX_VALUE / 2));
        out.putInt(VERSION);
    }

    public void time(long millis, List<ClockJump> jumps) {
        ensure(1 + Long.BYTES + Integer.BYTES + jumps.size() * 3 * Long.BYTES);
        out.put((byte) TIME).putLong(millis).putInt(jumps.size());
        jumps.forEach(jump -> out.putLong(jump.throughSequence()).putLong(jump.millis()));
    }

    public void settings(ReplicatedSettings settings) {
        ensure(1 + CommandCodec.SETTINGS_BYTES);
        out.put((byte) SETTINGS);
        CommandCodec.encodeSettings(out, out.position(), settings);
        out.position(out.position() + CommandCodec.SETTINGS_BYTES);
    }

    public void schedule(ScheduleState schedule) {
        ensure(SCHEDULE_BYTES + (schedule.late().length + schedule.cancelled().length) * Long.BYTES);
        out.put((byte) SCHEDULE).putLong(schedule.bucket()).putLong(schedule.firstSequence());
        out.putLong(schedule.count()).putLong(schedule.throughMillis()).putLong(schedule.throughSequence());
        numbers(schedule.late());
        numbers(schedule.cancelled());
    }

    private void numbers(long[] numbers) {
        out.putInt(numbers.length);
        for (long number : numbers) {
            out.putLong(number);
        }
    }

    /** @param key as {@link PublishIdKey} says */
    public void publishId(long sequence, long publishedMillis, byte[] key) {
        ensure(1 + 2 * Long.BYTES + Short.BYTES + key.length);
        int idEnd = PublishIdKey.idEnd(key);
        out.put((byte) PUBLISH_ID).putLong(sequence).putLong(publishedMillis);
        out.put(key, 0, idEnd).putShort((short) (key.length - idEnd)).put(key, idEnd, key.length - idEnd);
    }

    /**
     * @param filter whether the name is a filter's text
     * @return the topic's number
     */
    public int topic(byte[] name, boolean filter, LogState log) {
        ensure(TOPIC_BYTES_MAX + name.length);
        out.put((byte) (filter ? FILTER : TOPIC));
        text(name);
        log(log);
        return topics++;
    }

    /** @param deliveries how many calls of {@link #delivery} follow, and then {@link #endSubscription} */
    public void subscription(int topic, SubscriptionState subscription, int deliveries) {
        int ahead = subscription.settledAhead().length;
        ensure(SUBSCRIPTION_BYTES_MAX + subscription.name().length + ahead * (Long.BYTES + Integer.BYTES));
        subscriptionAt = out.position() + 1;
        out.put((byte) SUBSCRIPTION).putInt(0).putInt(topic).putLong(subscription.id());
        out.putLong(subscription.owner().high()).putLong(subscription.owner().low());
        text(subscription.name());
        boolean ownLog = subscription.letters() != null;
        out.put((byte)
                ((subscription.endsWithConnection() ? ENDS_WITH_CONNECTION_FLAG : 0) | (ownLog ? LETTERS_FLAG : 0)));
        if (ownLog) {
            log(subscription.letters());
        }
        out.putLong(subscription.nextSequence()).putLong(subscription.passedCount());
        out.putLong(subscription.passedBytes()).putLong(subscription.detachedMillis());
        out.putInt(ahead);
        for (long tag : subscription.settledAhead()) {
            out.putLong(tag);
        }
        for (int length : subscription.settledLengths()) {
            out.putInt(length);
        }
        out.putInt(deliveries);
    }

    public void delivery(StoredMessage message, boolean redriven, boolean delivered, int attempts, long dueMillis) {
        ensure(DELIVERY_BYTES_MAX);
        out.putLong(message.sequence).putLong(message.position);
        out.putLong(message.publishedMillis).putLong(message.expiresMillis);
        out.putInt(message.payloadOffset).putInt(message.payloadLength).putInt(attempts);
        out.putInt(message.propertiesBytes);
        int flags = (redriven ? REDRIVEN_FLAG : 0) | (delivered ? DELIVERED_FLAG : 0);
        out.put((byte) (dueMillis != 0 ? flags | DELAYED_FLAG : flags));
        if (dueMillis != 0) {
            out.putLong(dueMillis);
        }
    }

    /** Its deliveries have been written, too. */
    public void endSubscription() {
        out.putInt(subscriptionAt, out.position() - subscriptionAt - Integer.BYTES);
    }

    /** @param count how many calls of {@link #letter} follow */
    public void letters(long originId, int count) {
        ensure(1 + Long.BYTES + Integer.BYTES);
        out.put((byte) LETTERS).putLong(originId).putInt(count);
    }

    public void letter(long subscriptionId, long tag, long originTag, int payloadLength, boolean originRedriven) {
        ensure(LETTER_BYTES);
        out.putLong(subscriptionId).putLong(tag).putLong(originTag).putInt(payloadLength);
        out.put((byte) (originRedriven ? 1 : 0));
    }

    private void text(byte[] text) {
        out.putShort((short) text.length).put(text);
    }

    private void log(LogState log) {
        out.putLong(log.lastSequence())
                .putLong(log.count())
                .putLong(log.bytes())
                .putLong(log.expiringThrough());
    }

    private void ensure(int bytes) {
        if (out.remaining() < bytes) {
            int capacity = (int) Math.min(Integer.MAX_VALUE - 8, out.capacity() + out.capacity() / 4L + bytes);
            out = ByteBuffer.allocate(capacity).put(out.flip());
        }
    }

    /** What has been written. */
    public ByteBuffer end() {
        ByteBuffer written = out.flip();
        out = null;
        return written;
    }
}
