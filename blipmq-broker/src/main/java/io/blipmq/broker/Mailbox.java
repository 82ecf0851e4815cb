package io.blipmq.broker;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The way of other threads into the core: ticks, shutdown, questions of the metrics server. Thread-safe. Its senders are
 * few and each waits for its answer or sends at a fixed pace, so it needs no limit.
 */
public final class Mailbox {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private volatile Runnable wakeup = () -> {};

    /** Sets what wakes the core thread where it waits. */
    public void onPost(Runnable newWakeup) {
        this.wakeup = newWakeup;
    }

    /** Hands a task to the core thread and wakes it; it runs at the start of the core's next turn. */
    public void post(Runnable task) {
        tasks.add(task);
        wakeup.run();
    }

    /** Runs what is there; what comes meanwhile, from these tasks too, is for the next turn. */
    int runAll() {
        int count = tasks.size();
        for (int i = 0; i < count; i++) {
            tasks.remove().run();
        }
        return count;
    }
}
