package io.blipmq.broker;

import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.memory.MemoryCursor;
import io.blipmq.broker.memory.MemoryLog;
import io.blipmq.broker.memory.MessageMemory;
import io.blipmq.broker.message.MessageView;
import io.blipmq.broker.message.PublishBatch;
import io.blipmq.jmh.TimePerOperation;
import io.blipmq.protocol.entry.EntryLayout;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What a message costs in a topic's memory, from a batch to as many subscriptions as read. An operation is one published
 * message, whatever the number of readers.
 */
public class MemoryLogBenchmark extends TimePerOperation {
    private static final int MESSAGES = 64;
    private static final int MESSAGES_MAX = 65_536;
    private static final long MEMORY_BYTES_MAX = 16 << 20;

    @Param({"16", "1024"})
    int payloadBytes;

    @Param({"1", "10"})
    int readers;

    /** With credit without limit. */
    private Attachment reader;

    private final MessageView message = new MessageView();
    private final PublishBatch batch = new PublishBatch();
    private MemoryLog readLog;
    private MemoryLog unreadLog;
    private MemoryCursor[] cursors;
    /** A batch comes a millisecond after the other, so that each makes a run. */
    private long millis;

    /** A connection's output that is written out whenever it is full. */
    private static final class Output extends RoomyOutput {
        private final ByteBuffer bytes = ByteBuffer.allocateDirect(256 * 1024);

        @Override
        public void pushEntries(
                long subscriptionId, long publishedMillis, ByteBuffer entries, int offset, int length, int count) {
            ByteBuffer to = length <= bytes.remaining() ? bytes : bytes.clear();
            to.put(to.position(), entries, offset, length).position(to.position() + length);
        }
    }

    @Setup
    public void fill() {
        ByteBuffer run = ByteBuffer.allocateDirect(MESSAGES * EntryLayout.bytes(payloadBytes));
        for (int i = 0; i < MESSAGES; i++) {
            EntryLayout.putHeader(run, payloadBytes, new byte[0], 0);
            run.position(run.position() + payloadBytes);
        }
        batch.in(run).entries(0, run.position(), MESSAGES);
        message.in(run).payload(EntryLayout.HEADER_BYTES, payloadBytes);
        reader = attach(new Output());
        readLog = newLog();
        unreadLog = newLog();
        cursors = new MemoryCursor[readers];
        for (int i = 0; i < readers; i++) {
            cursors[i] = readLog.open();
            unreadLog.open();
        }
    }

    private static Attachment attach(PushSink output) {
        byte[] name = {'t'};
        Topic topic = new Topic(1, name, ofSeveral -> newLog(), null);
        Client client = new Client(OwnerId.ofKey(name), "", "", output);
        AttachRequest request = new AttachRequest(
                0,
                name,
                false,
                new byte[0],
                false,
                false,
                false,
                0,
                0,
                false,
                false,
                AttachRequest.UNLIMITED_CREDIT,
                AttachRequest.UNLIMITED_CREDIT,
                1);
        return new Attachment(client, new MemorySubscription(1, topic, client, 0), request, false);
    }

    private static MemoryLog newLog() {
        return new MemoryLog(
                new MessageMemory(MEMORY_BYTES_MAX, BrokerLimits.defaults().chunkSizes()),
                MESSAGES_MAX,
                false,
                lost -> {});
    }

    /** A run goes in, and out to every reader. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long appendRunAndPush() {
        readLog.appendEntries(batch, ++millis, 0);
        return push();
    }

    /** The same for messages that came in frames of their own, as version 1 publishes. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long appendEachAndPush() {
        millis++;
        for (int i = 0; i < MESSAGES; i++) {
            readLog.append(message.published(millis), 0);
        }
        return push();
    }

    /** Nobody reads: the oldest give way, which is counted, too. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long appendRunUnread() {
        unreadLog.appendEntries(batch, ++millis, 0);
        return unreadLog.endNumber();
    }

    private long push() {
        long pushed = 0;
        for (MemoryCursor cursor : cursors) {
            while (cursor.hasNext()) {
                pushed += cursor.push(reader, MESSAGES);
            }
        }
        return pushed;
    }
}
