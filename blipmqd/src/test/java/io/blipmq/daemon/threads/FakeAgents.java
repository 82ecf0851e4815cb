package io.blipmq.daemon.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A core and a log that hand numbered frames over, without sockets and files. Both fail when two threads are in one of them
 * at once. Thread-safe; the agents are owned as real ones are.
 */
final class FakeAgents {
    private static final long PATIENCE_SECONDS = 60;

    /** One turn of the log in which frames were stored. */
    record Stored(long frames, Thread thread, String threadName) {}

    final Core core = new Core();
    final Log log = new Log();

    static <T> T await(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(next).as("what has been waited for").isNotNull();
        return next;
    }

    /** Waits like the log's own; unlike a lock, it lets an unpark through. */
    static final class Signal {
        private volatile boolean raised;
        private volatile Thread waiter;

        void raise() {
            raised = true;
            LockSupport.unpark(waiter);
        }

        boolean await(long nanos) {
            waiter = Thread.currentThread();
            if (!raised) {
                LockSupport.parkNanos(this, nanos);
            }
            waiter = null;
            if (!raised) {
                return false;
            }
            raised = false;
            return true;
        }

        /** Whether somebody waits who has been told everything, if nobody raises any more. */
        boolean isAwaited() {
            return !raised && waiter != null;
        }
    }

    static void spinUntil(BooleanSupplier condition) {
        long startNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - startNanos).isLessThan(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
            Thread.onSpinWait();
        }
    }

    /** Notices two threads in one agent. */
    static final class Gate {
        private final AtomicReference<Thread> inside = new AtomicReference<>();

        void enter() {
            Thread other = inside.compareAndExchange(null, Thread.currentThread());
            if (other != null) {
                throw new IllegalStateException(Thread.currentThread() + " meets " + other);
            }
        }

        void leave() {
            inside.set(null);
        }
    }

    final class Core implements CoreAndLogThreads.Core {
        private final Signal signal = new Signal();
        private final Gate gate = new Gate();
        private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
        private volatile Thread owner;
        private boolean held;
        private long frames;
        private long sequence;
        /** Runs in every turn. */
        volatile Runnable everyTurn = () -> {};

        Thread owner() {
            return owner;
        }

        /** Waits, on any thread, until another thread than this one runs the core. */
        void awaitOtherOwner(Thread thread) {
            spinUntil(() -> owner != thread);
        }

        /** Runs a task in a turn of its own. */
        void post(Runnable task) {
            tasks.add(task);
            signal.raise();
        }

        /** In a turn: hands over a frame. */
        void handOver(int records) {
            sequence += records;
            log.submitted = ++frames;
            if (!held) {
                log.raise();
            }
        }

        /** Runs a task in a turn and waits for it. */
        Thread ask(Runnable task) throws InterruptedException {
            BlockingQueue<Thread> done = new LinkedBlockingQueue<>();
            post(() -> {
                task.run();
                done.add(Thread.currentThread());
            });
            return FakeAgents.await(done);
        }

        /** Hands a frame over in a turn and waits until it is stored. */
        Stored store(int records) throws InterruptedException {
            post(() -> handOver(records));
            return FakeAgents.await(log.stored);
        }

        @Override
        public void adopt() {
            owner = Thread.currentThread();
        }

        @Override
        public void awaitWork(long timeoutNanos) {
            signal.await(timeoutNanos);
        }

        @Override
        public int doWork(long nowNanos) {
            gate.enter();
            assertThat(owner).isSameAs(Thread.currentThread());
            Runnable task = tasks.poll();
            if (task != null) {
                task.run();
                signal.raise(); // there may be more, for the next turn
            }
            everyTurn.run();
            gate.leave();
            return task == null ? 0 : 1;
        }

        @Override
        public void wakeup() {
            signal.raise();
        }

        @Override
        public void holdWakeups(boolean hold) {
            held = hold;
        }

        @Override
        public long submittedFrames() {
            return frames;
        }

        @Override
        public long lastSequence() {
            return sequence;
        }
    }

    final class Log implements CoreAndLogThreads.Log {
        private final Signal signal = new Signal();
        private final Gate gate = new Gate();
        private volatile long submitted;
        private volatile long storedFrames;
        final BlockingQueue<Stored> stored = new LinkedBlockingQueue<>();
        /** How often somebody was to be woken. */
        final AtomicInteger raised = new AtomicInteger();
        /** Runs in a turn that has frames to store. */
        volatile Runnable force = () -> {};
        /** Runs in every turn. */
        volatile Runnable everyTurn = () -> {};
        /** Whether a turn that only writes leaves something to do. */
        volatile boolean owed;

        long storedFrames() {
            return storedFrames;
        }

        /** Waits until the log thread waits, and owes nothing. The core has to be idle. */
        void awaitIdle() {
            spinUntil(signal::isAwaited);
        }

        private void raise() {
            raised.incrementAndGet();
            signal.raise();
        }

        @Override
        public boolean awaitWork(long timeoutNanos) {
            return signal.await(timeoutNanos);
        }

        @Override
        public boolean write(long nowNanos) {
            doWork(nowNanos);
            return owed;
        }

        @Override
        public int doWork(long nowNanos) {
            gate.enter();
            long end = submitted;
            long frames = end - storedFrames;
            everyTurn.run();
            if (frames > 0) {
                force.run();
                storedFrames = end;
                stored.add(new Stored(
                        end, Thread.currentThread(), Thread.currentThread().getName()));
                core.wakeup();
            }
            gate.leave();
            return (int) frames;
        }

        @Override
        public void wakeup() {
            raise();
        }
    }
}
