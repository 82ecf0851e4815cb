package io.blipmq.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PayloadLayoutTest {
    /** Payloads are read at an offset, so that nothing relies on their standing at the buffer's beginning. */
    private static final int OFFSET = 5;

    @Test
    void frameLengthsAreNineTo16MiB() {
        assertThat(FrameLayout.isLengthValid(8)).isFalse();
        assertThat(FrameLayout.isLengthValid(9)).isTrue();
        assertThat(FrameLayout.isLengthValid(16_777_216)).isTrue();
        assertThat(FrameLayout.isLengthValid(16_777_217)).isFalse();
        assertThat(FrameLayout.isLengthValid(-1)).isFalse();
        assertThat(FrameLayout.isLengthValid(0)).isFalse();
    }

    @Test
    void helloIsTwoBytes() {
        assertThat(PayloadLayout.isHello(1)).isFalse();
        assertThat(PayloadLayout.isHello(2)).isTrue();
        assertThat(PayloadLayout.isHello(3)).isFalse();
        assertThat(PayloadLayout.helloVersion(at("fffe"), OFFSET)).isEqualTo(65_534);
    }

    @Test
    void authIsAKeyAndNothingElse() {
        assertThat(isAuth("")).isFalse();
        assertThat(isAuth("00")).isFalse();
        assertThat(isAuth("0000")).isTrue();
        assertThat(isAuth("0002 6b6b")).isTrue();
        assertThat(isAuth("0002 6b")).isFalse();
        assertThat(isAuth("0002 6b6b6b")).isFalse();
        assertThat(isAuth("0002 c328")).isFalse();
    }

    @Test
    void publishIsATopicAndAnyBytes() {
        assertThat(isPublish("00 00")).isFalse();
        assertThat(isPublish("00 0000")).isTrue();
        assertThat(isPublish("09 0001 74")).isTrue();
        assertThat(isPublish("01 0001 74 fffefd")).isTrue();
        assertThat(isPublish("01 0002 74")).isFalse();
        assertThat(isPublish("01 0001 ff")).isFalse();
        ByteBuffer buffer = at("01 0001 74 fffefd");
        assertThat(PayloadLayout.publishQos(buffer, OFFSET)).isEqualTo(1);
        assertThat(PayloadLayout.publishTopicLength(buffer, OFFSET)).isEqualTo(1);
        assertThat(PayloadLayout.publishMessageOffset(1)).isEqualTo(4);
    }

    @Test
    void subscribeIsATopicAndAQos() {
        assertThat(isSubscribe("00")).isFalse();
        assertThat(isSubscribe("0000")).isFalse();
        assertThat(isSubscribe("0000 00")).isTrue();
        assertThat(isSubscribe("0001 74 01")).isTrue();
        assertThat(isSubscribe("0001 74")).isFalse();
        assertThat(isSubscribe("0001 74 01 00")).isFalse();
        assertThat(isSubscribe("0001 c0 01")).isFalse();
        assertThat(PayloadLayout.subscribeQos(at("0001 74 fe"), OFFSET, 1)).isEqualTo(254);
    }

    @Test
    void nackIsACodeAndAText() {
        assertThat(isNack("0190 00")).isFalse();
        assertThat(isNack("0190 0000")).isTrue();
        assertThat(isNack("0190 0001 61")).isTrue();
        assertThat(isNack("0190 0001")).isFalse();
        assertThat(isNack("0190 0001 61 61")).isFalse();
        assertThat(PayloadLayout.nackCode(at("fde8 0000"), OFFSET)).isEqualTo(65_000);
    }

    @Test
    void acknowledgementsAndPollsAreOneId() {
        assertThat(PayloadLayout.isSubscriptionId(7)).isFalse();
        assertThat(PayloadLayout.isSubscriptionId(8)).isTrue();
        assertThat(PayloadLayout.isSubscriptionId(9)).isFalse();
        assertThat(PayloadLayout.subscriptionId(at("8000000000000001"), OFFSET)).isEqualTo(Long.MIN_VALUE + 1);
    }

    @Test
    void whatDoesNotFitIsNotEncoded() {
        ByteBuffer to = ByteBuffer.allocate(1 << 17);
        assertThatThrownBy(() -> FrameEncoder.auth(to, 1, new byte[65_536]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65535");
        assertThatThrownBy(() -> FrameEncoder.publishHeader(to, 1, 0, new byte[1], 16 * 1024 * 1024))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("16777216");
    }

    @Test
    void everyRefusalKnowsItsFrame() {
        for (Nack nack : Nack.values()) {
            ByteBuffer frame = ByteBuffer.allocate(nack.frameBytes());
            FrameEncoder.nack(frame, 1, nack);
            assertThat(frame.hasRemaining()).isFalse();
            int payloadBytes = FrameLayout.payloadBytes(FrameLayout.length(frame, 0));
            assertThat(PayloadLayout.isNack(frame, FrameLayout.PAYLOAD_OFFSET, payloadBytes))
                    .isTrue();
            assertThat(PayloadLayout.nackCode(frame, FrameLayout.PAYLOAD_OFFSET))
                    .isEqualTo(nack.code());
        }
    }

    private static boolean isAuth(String hex) {
        return PayloadLayout.isAuth(at(hex), OFFSET, length(hex));
    }

    private static boolean isPublish(String hex) {
        return PayloadLayout.isPublish(at(hex), OFFSET, length(hex));
    }

    private static boolean isSubscribe(String hex) {
        return PayloadLayout.isSubscribe(at(hex), OFFSET, length(hex));
    }

    private static boolean isNack(String hex) {
        return PayloadLayout.isNack(at(hex), OFFSET, length(hex));
    }

    private static int length(String hex) {
        return hex.replace(" ", "").length() / 2;
    }

    private static ByteBuffer at(String hex) {
        byte[] payload = HexFormat.of().parseHex(hex.replace(" ", ""));
        return ByteBuffer.allocate(OFFSET + payload.length)
                .position(OFFSET)
                .put(payload)
                .flip();
    }
}
