package io.blipmq.protocol;

import io.blipmq.jmh.TimePerOperation;
import io.blipmq.protocol.entry.EntryLayout;
import io.blipmq.protocol.entry.PropertiesBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** What a published message costs to take from the wire, in version 1 and in version 2. An operation is one message. */
public class PublishBenchmark extends TimePerOperation {
    private static final int MESSAGES = 64;
    private static final byte[] TOPIC = "orders/eu/created".getBytes(StandardCharsets.UTF_8);

    @Param({"16", "1024"})
    int payloadBytes;

    private ByteBuffer frames;
    private ByteBuffer entries;
    private ByteBuffer entriesWithProperties;

    @Setup
    public void fill() {
        byte[] payload = new byte[payloadBytes];
        frames = ByteBuffer.allocateDirect(MESSAGES * PayloadLayout.publishFrameBytes(TOPIC.length, payloadBytes));
        for (int i = 0; i < MESSAGES; i++) {
            FrameEncoder.publish(frames, i, 1, TOPIC, payload);
        }
        entries = entries(payload, new byte[0]);
        entriesWithProperties = entries(
                payload,
                new PropertiesBuilder()
                        .ttlMillis(60_000)
                        .header("trace", "4bf92f3577b34da6")
                        .toBytes());
    }

    private static ByteBuffer entries(byte[] payload, byte[] properties) {
        ByteBuffer entries = ByteBuffer.allocateDirect(MESSAGES * EntryLayout.bytes(payload.length, properties.length));
        for (int i = 0; i < MESSAGES; i++) {
            EntryLayout.putHeader(entries, payload.length, properties, properties.length);
            entries.put(payload);
        }
        return entries;
    }

    /** Version 1: a frame for each message, checked and taken apart. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long parseFrames() {
        long sum = 0;
        int at = 0;
        while (at < frames.position()) {
            int length = FrameLayout.length(frames, at);
            if (!FrameLayout.isLengthValid(length) || FrameLayout.type(frames, at) != FrameType.PUBLISH.value()) {
                throw new IllegalStateException("no PUBLISH at " + at);
            }
            sum += FrameLayout.correlationId(frames, at)
                    + message(at + FrameLayout.PAYLOAD_OFFSET, FrameLayout.payloadBytes(length));
            at += FrameLayout.frameBytes(length);
        }
        return sum;
    }

    private long message(int payload, int payloadLength) {
        if (!PayloadLayout.isPublish(frames, payload, payloadLength)) {
            throw new IllegalStateException("a bad PUBLISH at " + payload);
        }
        int topicLength = PayloadLayout.publishTopicLength(frames, payload);
        return PayloadLayout.publishQos(frames, payload)
                + frames.get(payload + PayloadLayout.PUBLISH_TOPIC_OFFSET)
                + PayloadLayout.publishMessageOffset(topicLength);
    }

    /** Version 2: the one pass over a batch's entries. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int checkEntries() {
        return EntryLayout.check(entries, 0, entries.position());
    }

    /** Version 2: the same with a TTL and a header on each entry. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int checkEntriesWithProperties() {
        return EntryLayout.check(entriesWithProperties, 0, entriesWithProperties.position());
    }
}
