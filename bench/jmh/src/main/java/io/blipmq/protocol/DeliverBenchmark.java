package io.blipmq.protocol;

import io.blipmq.jmh.TimePerOperation;
import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.v2.AnswerEncoder;
import io.blipmq.protocol.v2.DeliverLayout;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** What a message costs in a DELIVER, on the server's side and on the client's. An operation is one message. */
public class DeliverBenchmark extends TimePerOperation {
    private static final int MESSAGES = 64;
    private static final long SUBSCRIPTION = 7;
    private static final long PUBLISHED_MILLIS = 1_800_000_000_000L;

    @Param({"16", "1024"})
    int payloadBytes;

    private byte[] entries;
    private ByteBuffer output;
    private ByteBuffer delivered;

    @Setup
    public void fill() {
        ByteBuffer run = ByteBuffer.allocate(MESSAGES * EntryLayout.bytes(payloadBytes));
        for (int i = 0; i < MESSAGES; i++) {
            EntryLayout.putHeader(run, payloadBytes, new byte[0], 0);
            run.position(run.position() + payloadBytes);
        }
        entries = run.array();
        int deliveries = MESSAGES * DeliverLayout.DELIVERY_HEADER_BYTES + entries.length;
        output = ByteBuffer.allocateDirect(DeliverLayout.FRAME_HEADER_BYTES + deliveries);
        frameAtQos1();
        delivered = ByteBuffer.allocateDirect(output.capacity()).put(output.flip());
    }

    /** QoS 0: what was published together goes out as one piece. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public ByteBuffer frameAtQos0() {
        AnswerEncoder.openDeliver(output.clear(), SUBSCRIPTION, 0, PUBLISHED_MILLIS);
        output.put(entries);
        FrameEncoder.close(output, 0);
        return output;
    }

    /** QoS 1: each entry behind its delivery tag and attempt. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public ByteBuffer frameAtQos1() {
        AnswerEncoder.openDeliver(output.clear(), SUBSCRIPTION, 1, PUBLISHED_MILLIS);
        int entryBytes = EntryLayout.bytes(payloadBytes);
        for (int at = 0; at < entries.length; at += entryBytes) {
            AnswerEncoder.delivery(output, at, 1);
            output.put(entries, at, entryBytes);
        }
        FrameEncoder.close(output, 0);
        return output;
    }

    /** What a client does first with a frame at QoS 1. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public boolean checkFrame() {
        int payload = FrameLayout.PAYLOAD_OFFSET;
        return DeliverLayout.isDeliver(delivered, payload, delivered.position() - payload);
    }
}
