package io.blipmq.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The bytes of version 1, which never change. */
class GoldenFrameTest {
    @Test
    void helloOfTheProtocolPage() {
        expect("0000000b 01 0000000000000001 0001", to -> FrameEncoder.hello(to, 1, 1));
    }

    @Test
    void publishOfTheProtocolPage() {
        expect(
                "00000012 03 0000000000000004 01 0004 64656d6f 6869",
                to -> FrameEncoder.publish(to, 4, 1, bytes("demo"), bytes("hi")));
    }

    @Test
    void auth() {
        expect("0000000e 02 0000000000000002 0003 6b6579", to -> FrameEncoder.auth(to, 2, bytes("key")));
    }

    @Test
    void subscribe() {
        expect("00000010 04 0000000000000003 0004 64656d6f 01", to -> FrameEncoder.subscribe(to, 3, bytes("demo"), 1));
    }

    @Test
    void ack() {
        expect("00000011 05 ffffffffffffffff 0000000000000007", to -> FrameEncoder.ack(to, -1, 7));
    }

    @Test
    void nack() {
        expect(
                "00000018 06 0000000000000009 0190 000b 656d70747920746f706963",
                to -> FrameEncoder.nack(to, 9, Nack.EMPTY_TOPIC));
    }

    @Test
    void ping() {
        expect("00000009 07 0102030405060708", to -> FrameEncoder.ping(to, 0x0102030405060708L));
    }

    @Test
    void pong() {
        expect("00000009 08 0102030405060708", to -> FrameEncoder.pong(to, 0x0102030405060708L));
    }

    @Test
    void poll() {
        expect("00000011 09 0000000000000005 000000000000000a", to -> FrameEncoder.poll(to, 5, 10));
    }

    @Test
    void everyTypeHasItsByte() {
        expectTypes(1, "010203040506070809", "HELLO AUTH PUBLISH SUBSCRIBE ACK NACK PING PONG POLL");
    }

    @Test
    void everyTypeOfVersion2HasItsByte() {
        expectTypes(
                2,
                "010205060708" + "101112131415161718" + "20212223242526272829",
                "HELLO AUTH ACK NACK PING PONG PUBLISH_BATCH ATTACH CREDIT SETTLE DETACH DRAIN LIST DEAD_LETTERS CANCEL"
                        + " WELCOME CONFIRM ATTACHED DELIVER SETTLED DETACHED LISTING DONE GOAWAY DELIVER_TOPIC");
    }

    @Test
    void aClientOfVersion2SendsRequestsOnly() {
        assertThat(Stream.of(FrameType.values()).filter(type -> type.isOfClient(2)))
                .extracting(Enum::name)
                .containsExactly(
                        "HELLO",
                        "AUTH",
                        "PING",
                        "PUBLISH_BATCH",
                        "ATTACH",
                        "CREDIT",
                        "SETTLE",
                        "DETACH",
                        "DRAIN",
                        "LIST",
                        "DEAD_LETTERS",
                        "CANCEL");
        assertThat(Stream.of(FrameType.values()).filter(type -> type.isOfClient(1)))
                .hasSize(9);
    }

    private static void expectTypes(int version, String hex, String names) {
        StringBuilder values = new StringBuilder();
        StringJoiner found = new StringJoiner(" ");
        for (int value = 0; value < 256; value++) {
            FrameType type = FrameType.of(version, (byte) value);
            FrameType ofClient = type != null && type.isOfClient(version) ? type : null;
            assertThat(FrameType.ofClient(version, (byte) value)).isEqualTo(ofClient);
            if (type != null) {
                values.append(HexFormat.of().toHexDigits(type.value()));
                assertThat(type.value()).isEqualTo((byte) value);
                found.add(type.name());
            }
        }
        assertThat(values).hasToString(hex);
        assertThat(found).hasToString(names);
    }

    private static void expect(String hex, Consumer<ByteBuffer> encoder) {
        byte[] golden = HexFormat.of().parseHex(hex.replace(" ", ""));
        ByteBuffer buffer = ByteBuffer.allocate(golden.length);
        encoder.accept(buffer);
        assertThat(HexFormat.of().formatHex(buffer.array())).isEqualTo(hex.replace(" ", ""));
        assertThat(buffer.hasRemaining()).isFalse();
        assertThat(FrameLayout.frameBytes(FrameLayout.length(buffer, 0))).isEqualTo(golden.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
