package io.blipmq.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.Nack;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that sends garbage loses its connection, and nothing else happens. */
class GarbageTest {
    /** Of a frame before AUTH. */
    private static final int STRANGER_LENGTH_MAX = 64 * 1024;

    private TestServer server;
    private TestClient bystander;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start();
        bystander = server.connectReady();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000", "00000008", "01000001", "7fffffff", "80000000", "ffffffff", "47455420"})
    void anImpossibleLengthClosesTheConnection(String length) throws IOException {
        TestClient client = server.connectReady();
        client.ping(3).sendHex(length);
        client.expectPong(3);
        client.expectClosed();
        bystander.expectNothingMore();
        assertThat(server.metric(NetMetric.PROTOCOL_ERRORS)).isEqualTo(1);
        assertThat(server.metric(NetMetric.CONNECTIONS)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "0a", "7f", "ff"})
    void anUnknownTypeClosesTheConnectionBeforeItsFrameIsWhole(String type) throws IOException {
        TestClient client = server.connectReady();
        client.sendHex("00000100" + type);
        client.expectClosed();
        bystander.expectNothingMore();
    }

    @Test
    void beforeAuthAFrameOf64KiBIsReadAndALargerOneIsNot() throws IOException {
        TestClient client = server.connect();
        client.send(padded(STRANGER_LENGTH_MAX));
        client.expectNack(9, Nack.UNAUTHENTICATED);
        client.sendHex("00010001");
        client.expectClosed();
        bystander.expectNothingMore();
    }

    @Test
    void afterAuthInTheSameReadAFrameMayBeLarge() throws IOException {
        TestClient client = server.connect();
        ByteBuffer bytes = ByteBuffer.allocate(400 * 1024);
        FrameEncoder.hello(bytes, 1, 1);
        FrameEncoder.auth(bytes, 2, TestServer.KEY.getBytes());
        bytes.put(padded(300 * 1024));
        client.send(bytes.flip());
        client.expectAck(1, 0);
        client.expectAck(2, 0);
        client.expectPong(9);
    }

    @Test
    void randomBytesHarmNobody() throws IOException {
        long seed = Long.getLong("blipmq.seed", System.nanoTime());
        System.out.println("blipmq.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            TestClient client = round % 2 == 0 ? server.connect() : server.connectReady();
            byte[] noise = new byte[1 + random.nextInt(2000)];
            random.nextBytes(noise);
            client.send(ByteBuffer.wrap(noise));
            server.untilQuiet();
            client.close();
        }
        server.until("all are gone", () -> server.metric(NetMetric.CONNECTIONS) == 1);
        bystander.expectNothingMore();
    }

    @Test
    void randomPayloadsAreAnsweredOrIgnored() throws IOException {
        long seed = Long.getLong("blipmq.seed", System.nanoTime());
        System.out.println("blipmq.seed=" + seed);
        Random random = new Random(seed);
        TestClient client = server.connectReady();
        for (int round = 0; round < 2_000; round++) {
            byte[] payload = new byte[random.nextInt(12)];
            random.nextBytes(payload);
            byte type = (byte) (1 + random.nextInt(9));
            client.send(to -> to.putInt(FrameLayout.LENGTH_MIN + payload.length)
                    .put(type)
                    .putLong(5)
                    .put(payload));
            if (round % 100 == 99) {
                drainUntilPong(client, round);
            }
        }
        bystander.expectNothingMore();
    }

    private static void drainUntilPong(TestClient client, long correlationId) {
        client.ping(correlationId);
        while (client.receive().correlationId() != correlationId) {
            // an answer to garbage
        }
    }

    /** A PING of any length. */
    private static ByteBuffer padded(int length) {
        ByteBuffer frame = ByteBuffer.allocate(FrameLayout.frameBytes(length));
        frame.putInt(length).put((byte) 7).putLong(9);
        return frame.clear();
    }
}
