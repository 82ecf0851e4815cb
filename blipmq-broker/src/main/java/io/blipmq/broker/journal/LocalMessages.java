package io.blipmq.broker.journal;

import io.blipmq.protocol.name.TopicFilter;
import io.blipmq.wal.KeyIndex;
import io.blipmq.wal.KeyMatcher;
import io.blipmq.wal.WalAppender;
import java.nio.ByteBuffer;

/** Finds stored messages in the log and reads them back, also those that compaction has moved. Owned by the core thread. */
public final class LocalMessages implements MessageStore {
    /** What looking into one segment's index is taken to cost: it may have to be opened. */
    private static final int INDEX_WORK = 500;

    /** The topics that match a filter, among all keys. Immutable. */
    private record MatchingTopics(TopicFilter filter) implements KeyMatcher {
        @Override
        public byte[] prefix() {
            return filter.prefix();
        }

        @Override
        public boolean matches(byte[] key) {
            return MessageKeys.isTopic(key) && filter.matches(key);
        }
    }

    private final WalAppender log;
    private final KeyIndex index;
    /** Of the message that is being read. */
    private final ByteBuffer header = ByteBuffer.allocate(CommandCodec.MESSAGE_HEADER_BYTES);

    private final long[] foundSequence = new long[1];
    private final long[] foundPosition = new long[1];
    private int[] foundLengths = new int[1];

    public LocalMessages(WalAppender log, KeyIndex index) {
        this.log = log;
        this.index = index;
    }

    @Override
    public long findableThrough() {
        return index.indexedThrough();
    }

    @Override
    public int find(byte[] key, long fromSequence, long throughSequence, long[] sequences, long[] positions) {
        return index.find(key, fromSequence, throughSequence, sequences, positions, lengths(sequences.length));
    }

    @Override
    public int find(TopicFilter filter, long fromSequence, long throughSequence, long[] sequences, long[] positions) {
        return index.find(
                new MatchingTopics(filter),
                fromSequence,
                throughSequence,
                sequences,
                positions,
                lengths(sequences.length));
    }

    /** Room for so many lengths, which the index tells and nobody asks for. */
    private int[] lengths(int count) {
        if (foundLengths.length < count) {
            foundLengths = new int[count];
        }
        return foundLengths;
    }

    @Override
    public long searchedThrough() {
        return index.searchedThrough();
    }

    @Override
    public int findWork() {
        return INDEX_WORK * (1 + index.segmentCount());
    }

    @Override
    public void readMessage(StoredMessage message) {
        readHeader(message, 0, CommandCodec.MESSAGE_HEADER_BYTES);
        if (CommandCodec.decodeMessage(header, 0, message)) {
            readHeader(message, message.payloadOffset, Short.BYTES);
            CommandCodec.decodeProperties(header, 0, message);
        }
    }

    private void readHeader(StoredMessage message, int offset, int length) {
        header.clear();
        readRecord(message, offset, length, header);
    }

    @Override
    public void read(StoredMessage message, int offset, int length, ByteBuffer target) {
        readRecord(message, message.payloadOffset + offset, length, target);
    }

    private void readRecord(StoredMessage message, int offset, int length, ByteBuffer target) {
        if (!log.read(message.position + offset, length, target)) {
            findAgain(message);
            requireRead(log.read(message.position + offset, length, target), message);
        }
    }

    /** The segment that held the message has been rewritten. */
    private void findAgain(StoredMessage message) {
        long sequence = message.sequence;
        int found = message.filter == null
                ? find(message.key, sequence, sequence, foundSequence, foundPosition)
                : findOne(message.filter, sequence);
        requireRead(found == 1, message);
        message.position = foundPosition[0];
    }

    /** The keys of a segment may be too many for one search. */
    private int findOne(TopicFilter filter, long sequence) {
        int found;
        do {
            found = find(filter, sequence, sequence, foundSequence, foundPosition);
        } while (found == 0 && searchedThrough() < Math.min(sequence, findableThrough()));
        return found;
    }

    private static void requireRead(boolean found, StoredMessage message) {
        if (!found) {
            throw new IllegalStateException(
                    "the log does not hold message " + message.sequence + ", which is not settled");
        }
    }
}
