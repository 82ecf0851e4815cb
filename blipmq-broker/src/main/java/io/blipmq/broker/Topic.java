package io.blipmq.broker;

import io.blipmq.broker.backlog.MessageLog;
import io.blipmq.broker.backlog.PositionMemory;
import io.blipmq.broker.journal.CheckpointVisitor;
import io.blipmq.broker.memory.MemoryCursor;
import io.blipmq.broker.memory.MemoryLog;
import io.blipmq.broker.memory.SwapRemoveList;
import io.blipmq.broker.message.MessageView;
import io.blipmq.broker.message.PublishBatch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * A topic: its QoS 1 messages, its QoS 0 messages, and who reads them. Owned by the core thread. It exists while a
 * subscription needs it.
 */
final class Topic extends PositionMemory.Trimmable {
    private static final byte[] PREFIX_BYTES = "$dead-letter/".getBytes(StandardCharsets.UTF_8);

    static final int NOT_CAPTURED = -1;

    private final long number;
    private final byte[] name;
    /**
     * The only one that QoS 0 messages are for, when it has read them all; null when that is not known. Beside the name, so
     * that both are in the same line of a cache.
     */
    private Attachment soleReader;

    private final MessageLog messages;
    private final MemoryLog memory;
    /** Null until somebody reads it: most topics of a broker with very many have no durable subscription. */
    private MemoryLog memoryOfStored;

    private final Supplier<MemoryLog> newLog;
    private final PositionMemory positions;
    private final StoredList stored = new StoredList();
    private final StoredList storing = new StoredList();

    /** Whom its messages are pushed to. */
    private final SwapRemoveList<PushTarget> attachments = new SwapRemoveList<>();
    /** Owned by {@link ReadyList}. */
    boolean listed;

    /** Owned by {@link CheckpointCapture}. */
    int capturedIn;

    int capturedNumber;
    CheckpointVisitor.LogState captured;

    private int memorySubscriptions;

    /** @param number no other topic since the start has it */
    Topic(long number, byte[] name, Supplier<MemoryLog> newLog, PositionMemory positions) {
        this.number = number;
        this.messages = new MessageLog(name, positions);
        this.positions = positions;
        this.name = name;
        this.newLog = newLog;
        this.memory = newLog.get();
    }

    long number() {
        return number;
    }

    byte[] name() {
        return name;
    }

    MessageLog messages() {
        return messages;
    }

    /** For a QoS 0 subscription, which reads the messages of either QoS. */
    MemoryCursor openMemory() {
        soleReader = null;
        return memory.open();
    }

    void closeMemory(MemoryCursor cursor) {
        soleReader = null;
        cursor.close();
    }

    /** For a durable subscription, beside {@link #messages()}: QoS 0 messages alone, so that they count alone. */
    MemoryCursor openMemoryOfStored() {
        soleReader = null;
        if (memoryOfStored == null) {
            memoryOfStored = newLog.get();
        }
        return memoryOfStored.open();
    }

    /** A QoS 0 subscription has been pushed everything that there is for it. */
    void onCaughtUp(Attachment reader) {
        if (memory.readerCount() == 1 && (memoryOfStored == null || memoryOfStored.readerCount() == 0)) {
            soleReader = reader;
        }
    }

    /**
     * Whom a QoS 0 message may be given to instead of being appended here: nobody else is to have it, and nothing waits that
     * comes before it.
     *
     * @return null when there is none, or it is not known
     */
    Attachment soleReader() {
        return soleReader;
    }

    /** A QoS 0 message: kept once for each kind of reader that there is. */
    void appendToMemory(MessageView message) {
        soleReader = null;
        memory.append(message, 0);
        if (memoryOfStored != null) {
            memoryOfStored.append(message, messages.lastSequence());
        }
    }

    /** Whole entries of QoS 0, as {@link #appendToMemory}. */
    void appendEntriesToMemory(PublishBatch batch, long publishedMillis) {
        soleReader = null;
        memory.appendEntries(batch, publishedMillis, 0);
        if (memoryOfStored != null) {
            memoryOfStored.appendEntries(batch, publishedMillis, messages.lastSequence());
        }
    }

    /** A QoS 1 message is stored: for QoS 0 subscriptions. */
    void appendStoredToMemory(MessageView message) {
        if (memorySubscriptions > 0) {
            soleReader = null;
            memory.append(message, 0);
        }
    }

    /** How many subscriptions a message reaches that arrives now. */
    int readerCount(int qos) {
        if (qos == 0 && soleReader != null) {
            return 1;
        }
        if (qos == 0) {
            return memory.readerCount() + (memoryOfStored == null ? 0 : memoryOfStored.readerCount());
        }
        return stored.size() + storing.size() + memorySubscriptions;
    }

    SwapRemoveList<PushTarget> attachments() {
        return attachments;
    }

    /** Oldest first. */
    StoredList stored() {
        return stored;
    }

    /** Those that are journalled and not stored yet, oldest first. */
    StoredList storing() {
        return storing;
    }

    void memorySubscriptionAdded() {
        memorySubscriptions++;
    }

    void memorySubscriptionEnded() {
        memorySubscriptions--;
    }

    boolean isNeeded() {
        return !stored.isEmpty() || !storing.isEmpty() || memorySubscriptions > 0;
    }

    /** Whether letters instead of published messages arrive here: each subscription has its own. */
    boolean isDeadLetters() {
        return isDeadLetters(name);
    }

    static boolean isDeadLetters(byte[] name) {
        return name.length > PREFIX_BYTES.length
                && Arrays.equals(name, 0, PREFIX_BYTES.length, PREFIX_BYTES, 0, PREFIX_BYTES.length);
    }

    /** The name of the topic that such a topic takes its letters from. */
    static byte[] originName(byte[] letterTopicName) {
        return Arrays.copyOfRange(letterTopicName, PREFIX_BYTES.length, letterTopicName.length);
    }

    /** The name of the topic that takes this topic's dead letters. */
    byte[] deadLetterName() {
        byte[] result = Arrays.copyOf(PREFIX_BYTES, PREFIX_BYTES.length + name.length);
        System.arraycopy(name, 0, result, PREFIX_BYTES.length, name.length);
        return result;
    }

    /**
     * A durable subscription has passed some positions, or has ended: those that all have passed are forgotten, soon. Looking
     * for them goes through all subscriptions, so it is done once a turn however many have moved.
     */
    void trim() {
        if (stored.isEmpty()) {
            trimNow();
        } else {
            positions.trimLater(this);
        }
    }

    @Override
    public void trimNow() {
        long passed = messages.lastSequence() + 1;
        for (StoredSubscription subscription : stored) {
            if (subscription.messages() == messages) {
                passed = Math.min(passed, subscription.cursor().nextSequence());
            }
        }
        messages.trimBefore(passed);
    }

    @Override
    public String toString() {
        return new String(name, StandardCharsets.UTF_8);
    }
}
