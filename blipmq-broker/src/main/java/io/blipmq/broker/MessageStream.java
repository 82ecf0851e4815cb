package io.blipmq.broker;

import io.blipmq.broker.backlog.MessageLog;
import io.blipmq.broker.backlog.PositionMemory;
import io.blipmq.broker.journal.CheckpointVisitor;
import io.blipmq.broker.memory.MemoryCursor;
import io.blipmq.broker.memory.MemoryLog;
import io.blipmq.broker.memory.SwapRemoveList;
import io.blipmq.broker.message.MessageView;
import io.blipmq.broker.message.PublishBatch;
import io.blipmq.protocol.name.TopicFilter;
import io.blipmq.protocol.name.Topics;
import java.nio.charset.StandardCharsets;

/**
 * What subscriptions read: the messages of one {@link Topic}, or those of all topics that match a filter ({@link
 * FilterStream}); its QoS 1 messages, its QoS 0 messages, and who reads them. Owned by the core thread. It exists while a
 * subscription needs it.
 */
abstract class MessageStream extends PositionMemory.Trimmable {
    static final int NOT_CAPTURED = -1;

    private final long number;
    private final byte[] name;
    /**
     * The only one that QoS 0 messages are for, when it has read them all; null when that is not known. Beside the name, so
     * that both are in the same line of a cache.
     */
    private Attachment soleReader;

    private final TopicFilter filter;
    private final MessageLog messages;
    private final MemoryLog memory;
    /** Null until somebody reads it: most topics of a broker with very many have no durable subscription. */
    private MemoryLog memoryOfStored;

    private final NewLog newLog;
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

    /** Makes the memory of QoS 0 messages. */
    interface NewLog {
        MemoryLog make(boolean ofSeveralTopics);
    }

    /**
     * @param number no other stream since the start has it
     * @param name of the topic, or the filter's text
     * @param filter null: of one topic
     */
    MessageStream(long number, byte[] name, TopicFilter filter, NewLog newLog, PositionMemory positions) {
        this.number = number;
        this.messages = new MessageLog(name, filter, positions);
        this.filter = filter;
        this.positions = positions;
        this.name = name;
        this.newLog = newLog;
        this.memory = newLog.make(filter != null);
    }

    long number() {
        return number;
    }

    /** The topic's name, or the filter's text. */
    byte[] name() {
        return name;
    }

    /** Whose messages it has; null: those of one topic. */
    TopicFilter filter() {
        return filter;
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
            memoryOfStored = newLog.make(filter != null);
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

    /** Whether letters instead of published messages arrive here: each subscription has its own. */
    boolean isDeadLetters() {
        return false;
    }

    boolean isNeeded() {
        return !stored.isEmpty() || !storing.isEmpty() || memorySubscriptions > 0;
    }

    /** The name of the topic that takes the dead letters of its subscriptions. */
    byte[] deadLetterName() {
        return Topics.deadLetterName(name);
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
