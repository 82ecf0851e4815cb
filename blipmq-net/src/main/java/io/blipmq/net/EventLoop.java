package io.blipmq.net;

import io.blipmq.broker.Broker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The broker thread's duty cycle: sockets on the outside, the broker's core in the middle. Owned by the broker thread,
 * the one of the first turn or the last one that called {@link #adopt()}; only {@link #wakeup()} may be called by any thread.
 *
 * <p>A turn reads all sockets before it handles any packet, handles the connections that have ended before the others,
 * so that a client that reconnects finds its subscriptions free, and hands the turn's commands to the log as one batch
 * before its answers leave. The thread that runs it alternates {@link #awaitWork} and {@link #doWork}.
 */
public final class EventLoop {
    /** As good as for ever, and far from overflow. */
    private static final long FOREVER_NANOS = TimeUnit.DAYS.toNanos(1);

    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Broker broker;
    private final NetOptions options;
    private final LoopResources shared;
    private final Selector selector;
    private final Connections connections;
    private final Consumer<SelectionKey> onSelected = this::onSelected;

    private final List<Listener> listeners = new ArrayList<>();
    private boolean selected;
    private boolean progressed;
    /** Of the broker's state, as far as sessions know of them. */
    private long stateReplacements;

    private final AtomicBoolean wakeupRequested = new AtomicBoolean();
    /** Whether the loop is, or is about to be, in a blocking select; set before it looks at wakeupRequested. */
    private volatile boolean blocking;

    public EventLoop(Broker broker, NetOptions options, NetMetrics metrics) throws IOException {
        this.broker = broker;
        this.options = options;
        shared = new LoopResources(broker, options, metrics);
        connections = new Connections(shared);
        selector = Selector.open();
    }

    /**
     * Looks whether the broker could listen, before there is anything that connections could be served with.
     *
     * @throws IOException as {@link #listen}
     */
    public static void checkAddress(NetAddress address) throws IOException {
        Listener.check(address);
    }

    /**
     * Starts to listen for the connections of a protocol; they are accepted by the turns that follow. There may be several
     * listeners, whose connections share all budgets.
     *
     * @return where it listens, with the port that the system chose if none was given
     * @throws IOException with a message that says where the broker was to listen and what can be done
     */
    public InetSocketAddress listen(NetAddress address, Protocol protocol) throws IOException {
        Listener listener = Listener.open(address, protocol, options, selector);
        listeners.add(listener);
        return listener.localAddress();
    }

    /** Ends {@link #awaitWork}, now or the next time. Thread-safe; a burst of calls costs one system call. */
    public void wakeup() {
        if (!wakeupRequested.getAndSet(true) && blocking) {
            selector.wakeup();
        }
    }

    /**
     * Makes the calling thread the owner: it runs all turns that follow. The former owner has to be between two turns, and
     * what it did has to be visible here.
     */
    public void adopt() {
        shared.adopt();
        broker.adopt();
    }

    /** Blocks until a socket is ready, somebody calls {@link #wakeup()}, or the time is over. */
    public void awaitWork(long timeoutNanos) {
        long nanos = Math.min(Math.min(timeoutNanos, broker.awaitNanosMax()), ownTimeoutNanos());
        blocking = true;
        try {
            select(wakeupRequested.get() ? 0 : nanos);
        } finally {
            blocking = false;
        }
    }

    /**
     * Runs one turn.
     *
     * @return how much was done, 0 when idle
     */
    public int doWork(long nowNanos) {
        assert shared.isOwner() : "the event loop belongs to another thread";
        wakeupRequested.set(false);
        if (!selected) {
            select(0);
        }
        selected = false;
        shared.nowNanos = nowNanos;
        int work = accept(nowNanos);
        work += connections.read();
        work += broker.doWork(nowNanos);
        endSessionsIfStateIsReplaced();
        int packets = connections.handleInput(nowNanos);
        work += packets + connections.sendDueAnswers();
        work += broker.pushes().push();
        broker.endTurn();
        work += connections.flush(nowNanos);
        connections.sweep(nowNanos);
        progressed = packets > 0;
        return work;
    }

    /** Before anything is answered: a number that an answer waits for may be another node's command by now. */
    private void endSessionsIfStateIsReplaced() {
        if (broker.stateReplacements() != stateReplacements) {
            stateReplacements = broker.stateReplacements();
            connections.onLeadershipLost();
        }
    }

    /**
     * Tells clients that the daemon is about to end, before anything is refused.
     *
     * @param millis how long they may still settle what they hold
     */
    public void announceShutdown(int millis) {
        shared.shutdownMillis = millis;
        connections.onShutdown();
    }

    /** Lets nobody in any more; sessions go on. */
    public void closeListeners() throws IOException {
        for (Listener listener : listeners) {
            listener.close();
        }
        listeners.clear();
    }

    /** Whether everything that clients are owed has left. */
    public boolean flushed() {
        return connections.isAnswered();
    }

    /** Closes every connection; the subscriptions of their clients are detached. */
    public void closeConnections() {
        connections.closeAll();
    }

    /** Closes every connection, the listeners and the selector. */
    public void closeAll() throws IOException {
        closeListeners();
        connections.closeAll();
        selector.close();
    }

    /**
     * How long the loop itself may sleep. A connection that the journal refused tries again at once after a turn that
     * got packets through, and a little later after one that did not.
     */
    private long ownTimeoutNanos() {
        if (broker.pushes().hasReady()) {
            return 0;
        }
        if (connections.canGoOn() || (connections.isStalled() && progressed)) {
            return 0;
        }
        if (connections.isStalled()) {
            return shared.times.retryNanos();
        }
        boolean timed = connections.hasDeadlines() || isPaused();
        return timed ? shared.times.sweepNanos() : FOREVER_NANOS;
    }

    /** Whether a listener accepts nothing for a moment. */
    private boolean isPaused() {
        for (int i = 0; i < listeners.size(); i++) {
            if (listeners.get(i).isPaused()) {
                return true;
            }
        }
        return false;
    }

    private void select(long timeoutNanos) {
        try {
            if (timeoutNanos <= 0) {
                selector.selectNow(onSelected);
            } else {
                selector.select(onSelected, (timeoutNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the selector failed", e);
        }
        selected = true;
    }

    private void onSelected(SelectionKey key) {
        if (key.attachment() instanceof Connection connection) {
            connections.onSelected(connection);
        } else {
            ((Listener) key.attachment()).onSelected();
        }
    }

    private int accept(long nowNanos) {
        int accepted = 0;
        for (int i = 0; i < listeners.size(); i++) {
            accepted += listeners.get(i).acceptAll(connections, shared, nowNanos);
        }
        return accepted;
    }
}
