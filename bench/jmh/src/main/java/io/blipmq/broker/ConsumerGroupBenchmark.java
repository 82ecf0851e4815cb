package io.blipmq.broker;

import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.memory.MemoryLog;
import io.blipmq.broker.memory.MessageMemory;
import io.blipmq.jmh.TimePerOperation;
import java.util.ArrayDeque;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What it costs to choose the member of a group that is next. An operation is one turn of a member, which is up to eight
 * messages: it is chosen, spends credit, and one that had its turn before gives its credit back.
 */
public class ConsumerGroupBenchmark extends TimePerOperation {
    private static final int CREDIT = 64;
    private static final int QUANTUM = 8;

    @Param({"1", "10", "1000"})
    int members;

    private final ConsumerGroup group = new ConsumerGroup();
    /** Those that have spent credit and will give it back. */
    private final ArrayDeque<Attachment> spenders = new ArrayDeque<>();

    @Setup
    public void join() {
        byte[] name = {'g'};
        AttachRequest request = new AttachRequest(
                0,
                name,
                false,
                name,
                true,
                false,
                false,
                0,
                0,
                false,
                false,
                CREDIT,
                AttachRequest.UNLIMITED_CREDIT,
                1);
        Topic topic = new Topic(1, name, ConsumerGroupBenchmark::newLog, null);
        for (int i = 0; i < members; i++) {
            Client client = new Client(OwnerId.ofKey(name), "", "", new RoomyOutput());
            MemorySubscription shared = new MemorySubscription(1, topic, client, 0);
            Attachment member = new Attachment(client, shared, request, false);
            group.add(member);
            member.answer();
        }
    }

    private static MemoryLog newLog(boolean ofSeveral) {
        return new MemoryLog(
                new MessageMemory(1 << 20, BrokerLimits.defaults().chunkSizes()), 1, ofSeveral, lost -> {});
    }

    @Benchmark
    public Attachment turnOfAMember() {
        Attachment member = group.next();
        member.spendCredit(QUANTUM);
        group.onServed(member, QUANTUM);
        spenders.add(member);
        if (spenders.size() > members / 2) {
            spenders.remove().addCredit(QUANTUM, 0);
        }
        return member;
    }
}
