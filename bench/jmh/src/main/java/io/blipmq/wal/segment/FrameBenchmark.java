package io.blipmq.wal.segment;

import io.blipmq.jmh.TimePerOperation;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** What a record costs in a frame of the log, beside its body. An operation is one record. */
public class FrameBenchmark extends TimePerOperation {
    private static final int RECORDS = 64;
    private static final int TYPE = 1;
    private static final int FIRST = 1;

    /** Of a settlement; of a message of 16 and one of 1,024 bytes with a topic of 17. */
    @Param({"21", "55", "1063"})
    int bodyBytes;

    private ByteBuffer frame;
    private FrameChecksum checksum;
    private Epoch epoch;

    @Setup
    public void allocate() {
        epoch = Epoch.withoutSurvivors(1, 0, FIRST);
        UUID id = new UUID(1, 2);
        checksum = new FrameChecksum(new SegmentHeader(id, id, epoch, 1, FIRST, 1 << 20));
        frame = ByteBuffer.allocateDirect(FrameLayout.HEADER_BYTES + RECORDS * FrameLayout.recordBytes(bodyBytes));
        layOut();
    }

    /** The core's part: records' headers and padding, and the frame's header. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public ByteBuffer layOut() {
        int length = FrameLayout.HEADER_BYTES;
        for (int i = 0; i < RECORDS; i++) {
            FrameLayout.putRecord(frame, length + FrameLayout.RECORD_HEADER_BYTES, bodyBytes, TYPE);
            length += FrameLayout.recordBytes(bodyBytes);
        }
        FrameLayout.putHeader(frame, 0, length, epoch.number(), RECORDS, FIRST, FrameLayout.KIND_RECORDS);
        return frame;
    }

    /** The log thread's part: the durable mark and both checksums. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public ByteBuffer complete() {
        checksum.complete(frame, 0, SegmentLayout.HEADER_BYTES, 0);
        return frame;
    }
}
