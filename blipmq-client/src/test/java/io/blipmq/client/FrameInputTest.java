package io.blipmq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameInputTest {
    private static final int[] MESSAGE_LENGTHS = {0, 1, 70_000, 5, 65_508, 65_509, 3, 200_000, 0};

    private final FrameInput input = new FrameInput();

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 13, 1000, 65_536, Integer.MAX_VALUE})
    void assemblesFramesFromPiecesOfAnySize(int pieceBytes) throws IOException {
        ByteBuffer wire = ByteBuffer.allocate(1 << 20);
        for (int i = 0; i < MESSAGE_LENGTHS.length; i++) {
            FrameEncoder.publish(wire, i, 0, new byte[] {'t'}, message(i));
        }
        ReadableByteChannel channel = inPieces(wire.flip(), pieceBytes);

        List<Long> ids = new ArrayList<>();
        do {
            while (input.handleNext((type, id, buffer, offset, length) -> {
                byte[] message = new byte[length - 4];
                buffer.get(offset + 4, message);
                assertThat(message).isEqualTo(message((int) id));
                ids.add(id);
            })) {}
        } while (input.readFrom(channel) >= 0);

        assertThat(ids).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    }

    @Test
    void refusesAnImpossibleLengthBeforeItsFrameIsThere() throws IOException {
        input.readFrom(inPieces(ByteBuffer.allocate(4).putInt(0, 0x01000001), 4));

        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> input.handleNext((type, id, buffer, offset, length) -> {}))
                .withMessage("the server sent a frame of impossible length 16777217");
    }

    @Test
    void refusesAnUnknownType() throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(13).putInt(9).put((byte) 0x7f).putLong(1);
        input.readFrom(inPieces(frame.flip(), 13));

        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> input.handleNext((type, id, buffer, offset, length) -> {}))
                .withMessage("the server sent a frame of unknown type 127");
    }

    private static byte[] message(int index) {
        byte[] message = new byte[MESSAGE_LENGTHS[index]];
        for (int i = 0; i < message.length; i++) {
            message[i] = (byte) (i * 31 + index);
        }
        return message;
    }

    private static ReadableByteChannel inPieces(ByteBuffer wire, int pieceBytes) {
        return new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer target) {
                int count = Math.min(Math.min(pieceBytes, wire.remaining()), target.remaining());
                if (!wire.hasRemaining()) {
                    return -1;
                }
                target.put(wire.slice(wire.position(), count));
                wire.position(wire.position() + count);
                return count;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
    }
}
