package io.blipmq.protocol.v2;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.FrameLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.Consumer;

/** Bytes as they are written in the tests and on the protocol's page. */
final class Hex {
    private Hex() {}

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static ByteBuffer buffer(String hex) {
        return ByteBuffer.wrap(bytes(hex));
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Whether an encoder writes exactly these bytes, whose length field says how many they are. */
    static void expectFrame(String hex, Consumer<ByteBuffer> encoder) {
        byte[] golden = bytes(hex);
        ByteBuffer buffer = ByteBuffer.allocate(golden.length);
        encoder.accept(buffer);
        assertThat(HexFormat.of().formatHex(buffer.array()))
                .isEqualTo(HexFormat.of().formatHex(golden));
        assertThat(buffer.hasRemaining()).isFalse();
        assertThat(FrameLayout.frameBytes(FrameLayout.length(buffer, 0))).isEqualTo(golden.length);
    }
}
