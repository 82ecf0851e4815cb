package io.blipmq.metrics.http;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The endpoint's threads: a few that answer and one that refuses. Thread-safe.
 *
 * <p>A request that finds the queue full goes to the refusing thread, where {@link #isOverloaded} tells the handler to
 * answer 503 at once. When that queue is full too, {@link #execute} throws and the server closes the connection. All
 * are daemon threads, so none keeps the process from ending.
 */
final class HttpWorkers implements Executor {
    private final ThreadPoolExecutor refusing = pool(
            1,
            HttpLimits.QUEUED_REFUSALS,
            task -> daemon(new RefusingThread(task)),
            new ThreadPoolExecutor.AbortPolicy());
    private final ThreadPoolExecutor answering = pool(
            HttpLimits.THREADS,
            HttpLimits.QUEUED_REQUESTS,
            task -> daemon(new Thread(task, "metrics-http")),
            (task, pool) -> refusing.execute(task));

    @Override
    public void execute(Runnable task) {
        answering.execute(task);
    }

    /** Whether the calling thread is the one that refuses. */
    static boolean isOverloaded() {
        return Thread.currentThread() instanceof RefusingThread;
    }

    /** Ends the threads when they have done what they have; waits for none. */
    void shutdown() {
        answering.shutdown();
        refusing.shutdown();
    }

    private static ThreadPoolExecutor pool(
            int threads, int queued, ThreadFactory factory, RejectedExecutionHandler whenFull) {
        return new ThreadPoolExecutor(
                threads, threads, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queued), factory, whenFull);
    }

    private static Thread daemon(Thread thread) {
        thread.setDaemon(true);
        return thread;
    }

    private static final class RefusingThread extends Thread {
        RefusingThread(Runnable task) {
            super(task, "metrics-http-refusing");
        }
    }
}
