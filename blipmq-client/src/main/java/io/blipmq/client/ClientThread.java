package io.blipmq.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Thread-safe: a client's one thread, and the mailbox by which others reach what it owns. */
final class ClientThread {
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** What the thread runs, one turn after another. */
    interface Turns {
        /** @return false when this was the last one */
        boolean onTurn();

        /** How long the next turn may be put off when nothing happens. */
        long idleNanosMax();

        /** The thread ends, with a failure or without. */
        void onEnd(Throwable failure);
    }

    private final Selector selector;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    /** Whether the next select is going to return at once, so that nobody needs to wake it. */
    private final AtomicBoolean awake = new AtomicBoolean();

    ClientThread(Turns turns) {
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread = new Own(() -> run(turns), "blipmq-client-" + COUNT.incrementAndGet());
        thread.setDaemon(true);
    }

    /** By its class a client's thread is known to every client. */
    private static final class Own extends Thread {
        private Own(Runnable run, String name) {
            super(run, name);
        }
    }

    /** Whether the caller is some client's thread, which nothing may keep waiting. */
    static boolean isAny() {
        return Thread.currentThread() instanceof Own;
    }

    /**
     * To be called before anything that waits. What would wait on a client's thread might wait for just that thread, for ever;
     * and on another client's it would keep everybody's confirms from them.
     */
    static void requireMayWait() {
        if (isAny()) {
            throw new IllegalStateException(
                    "this call blocks, and a listener or a future's callback runs on the client's own"
                            + " thread: call it from another thread, or use publishAsync");
        }
    }

    void start() {
        thread.start();
    }

    Selector selector() {
        return selector;
    }

    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** Runs something on the client's thread, soon. */
    void execute(Runnable task) {
        tasks.add(task);
        wakeup();
    }

    void wakeup() {
        if (awake.compareAndSet(false, true)) {
            selector.wakeup();
        }
    }

    /** Waits until the thread has ended; on the thread itself there is nothing to wait for. */
    void awaitEnd(long millis) {
        if (isCurrent()) {
            return;
        }
        try {
            thread.join(millis);
        } catch (InterruptedException e) {
            throw new ClosedException("interrupted while the client was closing", e);
        }
    }

    private void run(Turns turns) {
        Throwable failure = null;
        try {
            boolean goOn = true;
            while (goOn) {
                await(turns.idleNanosMax());
                awake.set(false);
                runTasks();
                goOn = turns.onTurn();
            }
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        } finally {
            turns.onEnd(failure);
            runTasks();
            closeSelector();
        }
    }

    private void await(long nanos) throws IOException {
        if (awake.get()) {
            selector.selectNow();
        } else {
            selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private void closeSelector() {
        try {
            selector.close();
        } catch (IOException e) {
            // nothing is left that it could harm
        }
    }
}
