package io.blipmq.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.Broker;
import io.blipmq.broker.BrokerClock;
import io.blipmq.broker.BrokerOptions;
import io.blipmq.broker.MemoryJournal;
import io.blipmq.broker.journal.Journal;
import io.blipmq.net.blip.BlipProtocol;
import io.blipmq.net.blip.BlipResources;
import io.blipmq.net.blip1.Blip1;
import io.blipmq.net.blip2.Blip2;
import io.blipmq.net.blip2.ServerDescription;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A server on a real socket whose turns the test runs, on its own thread and its own clock. */
public final class TestServer implements BrokerClock, AutoCloseable {
    public static final String KEY = "test-key-1";
    public static final String OTHER_KEY = "test-key-2";

    public static final ServerDescription SERVER =
            new ServerDescription("blipmqd/test", "always", 16_384, 10_000, 3, 30_000);

    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    public final MemoryJournal journal = new MemoryJournal();
    public final NetMetrics metrics = new NetMetrics();
    public final Broker broker;
    public final EventLoop loop;
    public final BlipProtocol protocol;
    private final InetSocketAddress address;
    private final List<TestConnection<?>> clients = new ArrayList<>();
    private Runnable beforeTurn = () -> {};
    private long nanos = TimeUnit.SECONDS.toNanos(1);

    private TestServer(BrokerOptions brokerOptions, NetOptions options) throws IOException {
        this(brokerOptions, options, null);
    }

    /** @param opener null: {@link #journal} */
    private TestServer(BrokerOptions brokerOptions, NetOptions options, Journal.Opener opener) throws IOException {
        journal.release();
        broker = Broker.open(brokerOptions, this, opener == null ? replay -> journal.journal() : opener);
        loop = new EventLoop(broker, options, metrics);
        protocol = protocol(broker, options, metrics, KEY, OTHER_KEY);
        address = loop.listen(new NetAddress("127.0.0.1", 0), protocol);
    }

    public static TestServer start() throws IOException {
        return start(usualOptions());
    }

    public static TestServer startWithSubscriptionsPerClient(int max) throws IOException {
        BrokerOptions d = BrokerOptions.defaults();
        BrokerOptions options = new BrokerOptions(
                d.deliveriesMax(),
                d.ackTimeoutNanos(),
                d.messageTtlMillis(),
                d.subscriptionExpiryNanos(),
                d.detachedBacklogBytesMax(),
                d.deadLetterRetentionMillis(),
                d.memoryMessagesMax(),
                d.memoryBytesMax(),
                d.inFlightMax(),
                d.positionsMax(),
                d.subscriptionsMax(),
                max,
                d.stateBytesMax(),
                d.deduplication(),
                d.limits());
        return new TestServer(options, usualOptions());
    }

    public static TestServer start(NetOptions options) throws IOException {
        return new TestServer(BrokerOptions.defaults(), options);
    }

    /** A node of several that keep a log together. */
    public static TestServer startNode(Journal.Opener opener) throws IOException {
        return new TestServer(BrokerOptions.defaults(), usualOptions(), opener);
    }

    private static NetOptions usualOptions() {
        return options(1_500, new NetBudgets(32 << 20, 32 << 20));
    }

    public static NetOptions options(int connectionsMax, NetBudgets budgets) {
        return new NetOptions(connectionsMax, budgets);
    }

    /** Both versions of BlipMQ's own protocol. */
    public static BlipProtocol protocol(Broker broker, NetOptions options, NetMetrics metrics, String... keys) {
        List<byte[]> encoded =
                Stream.of(keys).map(key -> key.getBytes(StandardCharsets.UTF_8)).toList();
        BlipResources shared = new BlipResources(broker, options.limits(), metrics, encoded);
        return new BlipProtocol(shared, new Blip1(shared), new Blip2(shared, SERVER, options));
    }

    /** A client that has not said anything. */
    public TestClient connect() throws IOException {
        TestClient client = new TestClient(this, address());
        clients.add(client);
        return client;
    }

    /** A client that has shown its key. */
    public TestClient connectReady() throws IOException {
        return connectReady(KEY);
    }

    public TestClient connectReady(String key) throws IOException {
        TestClient client = connect();
        client.hello(1).auth(2, key);
        client.expectAck(1, 0);
        client.expectAck(2, 0);
        return client;
    }

    /** A client of version 2 that has not said anything. */
    public PushClient connectPush() throws IOException {
        PushClient client = new PushClient(this, address());
        clients.add(client);
        return client;
    }

    /** A client of version 2 that has shown its key. */
    public PushClient connectPushReady() throws IOException {
        return connectPushReady(KEY);
    }

    public PushClient connectPushReady(String key) throws IOException {
        PushClient client = connectPush();
        client.hello(1, "test").auth(2, key);
        client.expectWelcome(1);
        client.expectAck(2, 0);
        return client;
    }

    public InetSocketAddress address() {
        return address;
    }

    public int turn() {
        beforeTurn.run();
        return loop.doWork(nanos);
    }

    /** What happens before each turn. */
    public void beforeTurns(Runnable action) {
        beforeTurn = action;
    }

    /** Runs turns until something has happened. */
    public void until(String what, BooleanSupplier happened) {
        long start = System.nanoTime();
        while (!happened.getAsBoolean()) {
            assertThat(System.nanoTime() - start)
                    .as("time spent until %s", what)
                    .isLessThan(LIMIT_NANOS);
            loop.awaitWork(PATIENCE_NANOS);
            turn();
        }
    }

    /** Runs turns until many in a row had nothing to do, so that what has not happened by then does not. */
    public void untilQuiet() {
        int quiet = 0;
        while (quiet < 10) {
            loop.awaitWork(PATIENCE_NANOS);
            quiet = turn() == 0 ? quiet + 1 : 0;
        }
    }

    public void advanceSeconds(long seconds) {
        advanceMillis(TimeUnit.SECONDS.toMillis(seconds));
    }

    public void advanceMillis(long millis) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    public long metric(NetMetric metric) {
        return metrics.get(metric);
    }

    /** Frames that were handled on connections of a version. */
    public long framesIn(int version) {
        return protocol.metrics(version).packetsIn();
    }

    public long sessions(int version) {
        return protocol.metrics(version).sessions();
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public long epochMillis() {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    @Override
    public void close() throws IOException {
        for (TestConnection<?> client : clients) {
            client.close();
        }
        loop.closeAll();
    }
}
