package io.blipmq.broker;

import io.blipmq.broker.journal.CommandCodec;
import io.blipmq.broker.journal.SettleReason;
import io.blipmq.broker.message.MessageView;
import io.blipmq.jmh.TimePerOperation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** What a command costs to write for the journal. An operation is one command, and a turn has many. */
public class CommandCodecBenchmark extends TimePerOperation {
    private static final int COMMANDS = 64;
    private static final long PUBLISHED_MILLIS = 1_800_000_000_000L;
    private static final int TOPIC_BYTES = "orders/eu/created".length();

    @Param({"16", "1024"})
    int payloadBytes;

    private final MessageView message = new MessageView();
    private ByteBuffer journal;

    @Setup
    public void allocate() {
        ByteBuffer source = ByteBuffer.allocateDirect(TOPIC_BYTES + payloadBytes);
        source.put("orders/eu/created".getBytes(StandardCharsets.UTF_8)).clear();
        message.in(source)
                .topic(0, TOPIC_BYTES)
                .payload(TOPIC_BYTES, payloadBytes)
                .published(PUBLISHED_MILLIS);
        journal = ByteBuffer.allocateDirect(COMMANDS * CommandCodec.publishBytes(message));
    }

    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public ByteBuffer encodePublish() {
        int bytes = CommandCodec.publishBytes(message);
        for (int i = 0; i < COMMANDS; i++) {
            CommandCodec.encodePublish(journal, i * bytes, message);
        }
        return journal;
    }

    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public ByteBuffer encodeSettle() {
        for (int i = 0; i < COMMANDS; i++) {
            int offset = i * CommandCodec.SETTLE_BYTES;
            CommandCodec.encodeSettle(journal, offset, 7, i, false, payloadBytes, SettleReason.ACKNOWLEDGED);
        }
        return journal;
    }
}
