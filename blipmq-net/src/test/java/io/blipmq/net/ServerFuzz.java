package io.blipmq.net;

import io.blipmq.broker.Broker;
import io.blipmq.broker.BrokerClock;
import io.blipmq.broker.BrokerOptions;
import io.blipmq.broker.MemoryJournal;
import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.v2.RequestEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A fuzzer's way into the server: bytes that a peer sends, in pieces, to a connection with a broker behind it. Owned by
 * the fuzzer's thread.
 *
 * <p>Whatever they are, the connection ends within a bounded number of turns, gives back every buffer, and has sent well
 * formed frames only, the answers among them in the order of their requests. The first byte chooses the size of the pieces,
 * whether a handshake comes first and for which version, whether the journal is full, and whether it is busy every other
 * turn.
 */
public final class ServerFuzz {
    private static final int HANDSHAKE_FLAG = 1;
    private static final int FULL_FLAG = 2;
    private static final int VERSION_2_FLAG = 4;
    private static final int BUSY_FLAG = 8;
    private static final int PIECE_SHIFT = 4;
    private static final String KEY = "k";
    private static final NetBudgets BUDGETS = new NetBudgets(26 << 20, 17 << 20);

    /** So small that every bound is met by a few frames. */
    private static final NetLimits SMALL = new NetLimits(
            16 * 1024, 2, 3, 64 * 1024, 3, 4, 1024, 1024, 1, 1, new NetLimits.Output(512, 256, 128, 64, 64));

    private final MemoryJournal journal = new MemoryJournal();
    private final Broker broker;
    private final LoopResources shared;
    private final Protocol protocol;

    private ServerFuzz(NetLimits limits) throws IOException {
        journal.release();
        broker = Broker.open(BrokerOptions.defaults(), BrokerClock.SYSTEM, replay -> journal.journal());
        NetOptions options = new NetOptions(10, BUDGETS, limits, NetTimes.defaults());
        NetMetrics metrics = new NetMetrics();
        shared = new LoopResources(broker, options, metrics);
        protocol = TestServer.protocol(broker, options, metrics, KEY);
    }

    /** The fuzzer's entry. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        if (data.length == 0) {
            return;
        }
        int flags = data[0];
        byte[] sent = (flags & HANDSHAKE_FLAG) == 0 ? tail(data) : afterHandshake(flags, tail(data));
        int pieceBytes = 1 << ((flags >>> PIECE_SHIFT) & 15);
        for (NetLimits limits : List.of(NetLimits.defaults(), SMALL)) {
            new ServerFuzz(limits).run(sent, Math.max(pieceBytes, sent.length / 1000 + 1), flags);
        }
    }

    private static byte[] tail(byte[] data) {
        byte[] tail = new byte[data.length - 1];
        System.arraycopy(data, 1, tail, 0, tail.length);
        return tail;
    }

    private static byte[] afterHandshake(int flags, byte[] rest) {
        ByteBuffer handshake = ByteBuffer.allocate(256);
        if ((flags & VERSION_2_FLAG) == 0) {
            FrameEncoder.hello(handshake, 1, FrameLayout.PROTOCOL_VERSION);
        } else {
            RequestEncoder.hello(handshake, 1, KEY.getBytes(StandardCharsets.US_ASCII), new byte[0], 0);
        }
        FrameEncoder.auth(handshake, 2, KEY.getBytes(StandardCharsets.US_ASCII));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(handshake.array(), 0, handshake.position());
        all.writeBytes(rest);
        return all.toByteArray();
    }

    private void run(byte[] sent, int pieceBytes, int flags) throws IOException {
        MemoryChannel channel = new MemoryChannel(sent, pieceBytes);
        Connection connection = new Connection(shared, channel, channel.key(), protocol, false, 0);
        int turnsMax = 200 + 40 * (sent.length / pieceBytes + 1) + sent.length;
        journal.full((flags & FULL_FLAG) != 0);
        int turns = 0;
        while (!connection.isClosed()) {
            require(turns++ < turnsMax + channel.output().length / pieceBytes * 4, "the connection does not end");
            journal.busy((flags & BUSY_FLAG) != 0 && turns % 2 == 0);
            turn(connection);
        }
        require(shared.assembly.usedBytes() == 0, "input is still held");
        require(shared.preAuthAssembly.usedBytes() == 0, "input of a stranger is still held");
        require(shared.output.usedBytes() == 0, "output is still held");
        checkAnswers(sent, channel.output());
    }

    /** As a turn of the event loop does it. */
    private void turn(Connection connection) {
        shared.readBuffer.clear();
        connection.read(shared.limits.readBufferBytes(), false);
        broker.doWork(System.nanoTime());
        connection.handleInput(0);
        connection.sendDueAnswers();
        broker.pushes().push();
        broker.endTurn();
        connection.flush(0);
    }

    private static void checkAnswers(byte[] sent, byte[] received) {
        Deque<Long> requests = correlationIds(ByteBuffer.wrap(sent), true);
        Deque<Long> answers = correlationIds(ByteBuffer.wrap(received), false);
        for (long answer : answers) {
            Long request = requests.poll();
            while (request != null && request != answer) {
                request = requests.poll();
            }
            require(request != null, "an answer to nothing, or out of order: " + answer);
        }
    }

    /** @param fromPeer may end with anything, and has deliveries' tags in its ACKs, which are not told apart here */
    private static Deque<Long> correlationIds(ByteBuffer bytes, boolean fromPeer) {
        Deque<Long> ids = new ArrayDeque<>();
        int at = 0;
        while (bytes.capacity() - at >= FrameLayout.HEADER_BYTES) {
            int length = FrameLayout.length(bytes, at);
            FrameType type = type(bytes, at);
            boolean valid = FrameLayout.isLengthValid(length)
                    && type != null
                    && FrameLayout.frameBytes(length) <= bytes.capacity() - at;
            if (!valid) {
                break;
            }
            if (fromPeer || isAnswerInOrder(type, FrameLayout.correlationId(bytes, at))) {
                ids.add(FrameLayout.correlationId(bytes, at));
            }
            at += FrameLayout.frameBytes(length);
        }
        require(fromPeer || isCutFrame(bytes, at), "the server sent something that is no frame");
        return ids;
    }

    /** Who breaks the protocol is written to once more and then closed, so the last frame may be cut. */
    private static boolean isCutFrame(ByteBuffer bytes, int at) {
        int left = bytes.capacity() - at;
        return left < FrameLayout.HEADER_BYTES
                || FrameLayout.isLengthValid(FrameLayout.length(bytes, at))
                        && type(bytes, at) != null
                        && FrameLayout.frameBytes(FrameLayout.length(bytes, at)) > left;
    }

    private static FrameType type(ByteBuffer bytes, int at) {
        FrameType type = FrameType.of(FrameLayout.PROTOCOL_VERSION, FrameLayout.type(bytes, at));
        return type != null ? type : FrameType.of(FrameLayout.VERSION_2, FrameLayout.type(bytes, at));
    }

    /** A CONFIRM may begin in the middle of a batch; deliveries and an unasked DETACHED answer nothing. */
    private static boolean isAnswerInOrder(FrameType type, long correlationId) {
        return switch (type) {
            case PUBLISH, CONFIRM, DELIVER, DELIVER_TOPIC, GOAWAY -> false;
            case DETACHED -> correlationId != 0;
            default -> true;
        };
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
