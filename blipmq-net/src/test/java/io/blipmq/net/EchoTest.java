package io.blipmq.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.net.echo.EchoProtocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A third protocol on a listener of its own is held to what holds for all, and changes nothing for the others. */
class EchoTest {
    private final EchoProtocol protocol = new EchoProtocol();
    private final List<EchoClient> clients = new ArrayList<>();
    private TestServer server;
    private InetSocketAddress address;

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start(TestServer.options(100, new NetBudgets(26L << 20, 26L << 20)));
        address = server.loop.listen(new NetAddress("127.0.0.1", 0), protocol);
    }

    @AfterEach
    void stop() throws IOException {
        for (EchoClient client : clients) {
            client.close();
        }
        server.close();
    }

    private EchoClient connect() throws IOException {
        EchoClient client = new EchoClient(server, address);
        clients.add(client);
        return client;
    }

    @Test
    void eachListenerSpeaksItsProtocol() throws IOException {
        EchoClient echo = connect().hello();
        TestClient other = server.connectReady();
        echo.send("one").expect("one");
        other.expectNothingMore();
        echo.send("two").expect("two");
        assertThat(protocol.metrics().sessions()).isEqualTo(1);
        assertThat(protocol.metrics().packetsIn()).isEqualTo(3);
        assertThat(server.sessions(1)).isEqualTo(1);
        echo.close();
        server.until("it is gone", () -> protocol.metrics().sessions() == 0);
        other.expectNothingMore();
    }

    @Test
    void packetsComeThroughInPiecesAndWithLargeOnes() throws IOException {
        EchoClient client = connect().hello();
        for (byte each : EchoClient.packet("x".repeat(200))) {
            client.send(ByteBuffer.wrap(new byte[] {each}));
            server.turn();
        }
        client.expect("x".repeat(200));
        String large = "y".repeat(3_000_000);
        client.send(large).expect(large);
    }

    @Test
    void anIdleConnectionHoldsNoBuffer() throws IOException {
        EchoClient client = connect().hello();
        client.send("x".repeat(300_000)).receive();
        ByteBuffer packet = ByteBuffer.wrap(EchoClient.packet("half"));
        client.send(packet.limit(2));
        server.untilQuiet();
        assertThat(server.metric(NetMetric.ASSEMBLY_BYTES)).isPositive();
        client.send(packet.limit(packet.capacity())).expect("half");
        server.untilQuiet();
        assertThat(server.metric(NetMetric.ASSEMBLY_BYTES)).isZero();
        assertThat(server.metric(NetMetric.OUTPUT_BYTES)).isZero();
    }

    /** There is room for two large packets at a time. */
    @Test
    void halfSentPacketsAreWithinTheBudget() throws IOException {
        List<ByteBuffer> packets = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            EchoClient client = connect().hello();
            ByteBuffer packet = ByteBuffer.wrap(EchoClient.packet("x".repeat(8 << 20)));
            client.send(packet.limit(100_000));
            packets.add(packet);
        }
        server.untilQuiet();
        assertThat(server.metric(NetMetric.ASSEMBLY_BYTES)).isBetween(16L << 20, 26L << 20);
        for (int i = 0; i < clients.size(); i++) {
            EchoClient client = clients.get(i);
            ByteBuffer packet = packets.get(i).limit(packets.get(i).capacity());
            server.until("it is echoed", () -> {
                server.advanceMillis(1);
                client.sendSome(packet);
                assertThat(server.metric(NetMetric.ASSEMBLY_BYTES)).isLessThan(32L << 20);
                return client.hasReceived();
            });
            assertThat(client.receive()).hasSize(8 << 20);
        }
    }

    @Test
    void aClientThatDoesNotReadIsNotReadAndThenClosed() throws IOException {
        EchoClient client = connect().receiveLittle().hello();
        ByteBuffer packet = ByteBuffer.wrap(EchoClient.packet("x".repeat(50_000)));
        long sent = 0;
        int silent = 0;
        while (silent < 100) {
            int moved = client.sendSome(packet.hasRemaining() ? packet : packet.rewind());
            sent += moved;
            silent = moved > 0 || server.turn() > 0 ? 0 : silent + 1;
        }
        long bounded = NetLimits.defaults().output().highWaterBytes() + packet.capacity();
        assertThat(server.metric(NetMetric.OUTPUT_BYTES)).isBetween(1L, bounded);
        assertThat(server.metric(NetMetric.BYTES_IN)).isLessThan(sent);
        server.advanceSeconds(11);
        server.until("it is closed", () -> server.metric(NetMetric.OUTPUT_TIMEOUTS) == 1);
        server.advanceSeconds(3);
        server.until("it is let go", () -> server.metric(NetMetric.CONNECTIONS) == 0);
        assertThat(server.metric(NetMetric.OUTPUT_BYTES)).isZero();
    }

    @Test
    void pushesWaitForRoomAndGoOn() throws IOException {
        EchoClient client = connect().receiveLittle().hello();
        EchoClient other = connect().hello();
        protocol.push("news ".repeat(20));
        server.untilQuiet();
        long bounded = 2 * (NetLimits.defaults().output().pushHighWaterBytes() + 1_000L);
        assertThat(server.metric(NetMetric.OUTPUT_BYTES)).isBetween(1L, bounded);
        long chars = 0;
        while (chars < 1 << 20) {
            String pushed = client.receive();
            assertThat(pushed).startsWith("news ").hasSizeGreaterThanOrEqualTo(100);
            chars += pushed.length();
        }
        other.receive();
    }

    @Test
    void aClientThatIsSilentForTooLongIsLeft() throws IOException {
        EchoClient client = connect().hello();
        server.advanceSeconds(29);
        server.untilQuiet();
        client.send("here").expect("here");
        server.advanceSeconds(29);
        server.untilQuiet();
        assertThat(server.metric(NetMetric.SILENCE_TIMEOUTS)).isZero();
        server.advanceSeconds(2);
        client.expect("goodbye: are you still there?").expectClosed();
        assertThat(server.metric(NetMetric.SILENCE_TIMEOUTS)).isEqualTo(1);
    }

    @Test
    void whatIsTooLongOrMalformedIsRefusedInItsOwnWords() throws IOException {
        connect()
                .send(ByteBuffer.wrap(new byte[] {-1, -1, 127}))
                .expect("goodbye: that is more than I can say")
                .expectClosed();
        EchoClient ready = connect().hello();
        ready.send(ByteBuffer.wrap(new byte[] {-1, -1, 127, 'x'}));
        server.untilQuiet();
        assertThat(server.metric(NetMetric.PROTOCOL_ERRORS)).isEqualTo(1);
        EchoClient malformed = connect().hello();
        malformed.send("before").send(ByteBuffer.wrap(new byte[] {-1, -1, -1, -1}));
        malformed.expect("before").expect("goodbye: that is no length").expectClosed();
        assertThat(server.metric(NetMetric.PROTOCOL_ERRORS)).isEqualTo(2);
        connect().send("hi").expect("goodbye: say hello first").expectClosed();
    }

    @Test
    void aStrangerHasTenSeconds() throws IOException {
        EchoClient client = connect();
        server.untilQuiet();
        server.advanceSeconds(11);
        client.expect("goodbye: no handshake within 10 seconds").expectClosed();
    }
}
