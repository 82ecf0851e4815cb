package io.blipmq.net.blip2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.MemoryOutput;
import io.blipmq.net.NetLimits;
import io.blipmq.net.NetMetric;
import io.blipmq.net.OutputQueue;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.v2.V2Nack;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frames that grow in the output: DELIVERs and CONFIRMs that join what follows on. */
class OpenFramesTest {
    private int begun;
    private final MemoryOutput memory = new MemoryOutput();
    private final OutputQueue output = memory.queue();
    private final DeliverWriter pushes = new DeliverWriter(output, () -> begun++);
    private final Confirms confirms = new Confirms(output);

    @Test
    void entriesOfOneMillisecondShareAFrame() throws IOException {
        pushEntries(9, 5, "00000001 61");
        pushEntries(9, 5, "00000001 62 00000000");
        expectFrames("00000020 23 0000000000000009 00 0000000000000005 00000001 61 00000001 62 00000000");
        assertThat(begun).isEqualTo(1);
    }

    @Test
    void anotherSubscriptionQosOrMillisecondBeginsAFrame() throws IOException {
        pushEntries(9, 5, "00000001 61");
        pushEntries(8, 5, "00000001 61");
        pushEntries(8, 6, "00000001 61");
        push(8, 12, 6, "00000001 62");
        push(8, 13, 6, "00000001 63");
        expectFrames(
                "00000017 23 0000000000000009 00 0000000000000005 00000001 61",
                "00000017 23 0000000000000008 00 0000000000000005 00000001 61",
                "00000017 23 0000000000000008 00 0000000000000006 00000001 61",
                "00000030 23 0000000000000008 01 0000000000000006"
                        + "000000000000000c 0001 00000001 62 000000000000000d 0001 00000001 63");
        assertThat(memory.metric(NetMetric.PACKETS_OUT)).isEqualTo(4);
    }

    @Test
    void anAnswerOrAWriteEndsAFrame() throws IOException {
        pushEntries(9, 5, "00000001 61");
        output.append(13).put(HexFormat.of().parseHex("00000009080000000000000001"));
        pushEntries(9, 5, "00000001 62");
        expectFrames(
                "00000017 23 0000000000000009 00 0000000000000005 00000001 61",
                "00000009 08 0000000000000001",
                "00000017 23 0000000000000009 00 0000000000000005 00000001 62");
        pushEntries(9, 5, "00000001 63");
        expectFrames("00000017 23 0000000000000009 00 0000000000000005 00000001 63");
    }

    @Test
    void aMessageTooLargeForTheRestGetsAFrameOfItsOwn() throws IOException {
        ByteBuffer large = ByteBuffer.allocate(200_000).putInt(200_000 - 4);
        pushEntries(9, 5, "00000001 61");
        pushes.pushEntries(9, 5, large, 0, large.capacity(), 1);
        pushEntries(9, 5, "00000001 62");
        List<ByteBuffer> frames = written();
        assertThat(frames.get(0).capacity()).isEqualTo(27);
        assertThat(frames.get(1).capacity()).isGreaterThanOrEqualTo(22 + large.capacity());
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void openFramesCountAsOutput() throws IOException {
        ByteBuffer entries = ByteBuffer.allocate(4 * 1024);
        int pushed = 0;
        while (pushes.hasRoom()) {
            pushes.pushEntries(9, 5, entries, 0, entries.capacity(), 1024);
            pushed += entries.capacity();
        }
        assertThat(pushed)
                .isBetween(
                        NetLimits.defaults().output().pushHighWaterBytes() - entries.capacity(),
                        NetLimits.defaults().output().pushHighWaterBytes() + entries.capacity());
        assertThat(output.isFull()).isFalse();
        assertThat(pushes.takeRoomAgain()).isFalse();
        written();
        assertThat(pushes.takeRoomAgain()).isTrue();
        assertThat(pushes.takeRoomAgain()).isFalse();
        assertThat(memory.metric(NetMetric.OUTPUT_BYTES)).isZero();
    }

    @Test
    void whatIsDroppedWhileAFrameIsOpenIsGone() throws IOException {
        pushEntries(9, 5, "00000001 61");
        assertThat(output.isEmpty()).isFalse();
        memory.clear();
        assertThat(output.isEmpty()).isTrue();
        assertThat(memory.usedBytes()).isZero();
        assertThat(memory.metric(NetMetric.OUTPUT_BYTES)).isZero();
        pushEntries(9, 5, "00000001 62");
        expectFrames("00000017 23 0000000000000009 00 0000000000000005 00000001 62");
    }

    @Test
    void confirmsThatFollowOnJoin() throws IOException {
        confirms.add(5, 2, 1, null);
        confirms.add(7, 1, 1, null);
        confirms.add(8, 3, 2, null);
        confirms.add(11, 1, 0, V2Nack.DISK_FULL);
        confirms.add(12, 1, 0, V2Nack.DISK_FULL);
        confirms.add(14, 1, 2, null);
        expectFrames(
                "00000036 21 0000000000000005 00000003 0000 00000001 0000 00000003 0000 00000002 0000"
                        + "00000002 01fb 00000000 0009 6469736b2066756c6c",
                "00000015 21 000000000000000e 00000001 0000 00000002 0000");
        confirms.add(15, 1, 2, null);
        expectFrames("00000015 21 000000000000000f 00000001 0000 00000002 0000");
    }

    @Test
    void manyRunsTakeSeveralFrames() throws IOException {
        for (int i = 0; i < 10_000; i++) {
            confirms.add(i, 1, i, null);
        }
        long next = 0;
        for (ByteBuffer frame : written()) {
            assertThat(FrameLayout.type(frame, 0)).isEqualTo(FrameType.CONFIRM.value());
            assertThat(FrameLayout.correlationId(frame, 0)).isEqualTo(next);
            next += (frame.capacity() - FrameLayout.HEADER_BYTES) / 12;
        }
        assertThat(next).isEqualTo(10_000);
    }

    private void pushEntries(long subscriptionId, long millis, String hex) {
        byte[] entries = bytes("ff" + hex);
        pushes.pushEntries(subscriptionId, millis, ByteBuffer.wrap(entries), 1, entries.length - 1, 1);
    }

    private void push(long subscriptionId, long tag, long millis, String hex) {
        byte[] entry = bytes(hex);
        pushes.push(subscriptionId, tag, 1, millis, entry.length).put(entry);
    }

    private void expectFrames(String... hex) throws IOException {
        List<ByteBuffer> frames = written();
        assertThat(frames)
                .extracting(frame -> HexFormat.of().formatHex(frame.array()))
                .containsExactly(
                        List.of(hex).stream().map(text -> text.replace(" ", "")).toArray(String[]::new));
    }

    /** The frames that were written since the last time. */
    private List<ByteBuffer> written() throws IOException {
        byte[] all = memory.written();
        List<ByteBuffer> frames = new ArrayList<>();
        int at = 0;
        while (at < all.length) {
            int frameBytes = FrameLayout.frameBytes(FrameLayout.length(ByteBuffer.wrap(all), at));
            byte[] frame = new byte[frameBytes];
            System.arraycopy(all, at, frame, 0, frameBytes);
            frames.add(ByteBuffer.wrap(frame));
            at += frameBytes;
        }
        assertThat(at).isEqualTo(all.length);
        return frames;
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
