package io.blipmq.client;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Thread-safe: the one thread on which a client's handlers run, begun when the first one is needed. It is no daemon, so that a
 * program whose {@code main} only subscribes goes on; where handlers have an executor of their own, that is all it is there for.
 */
final class HandlerThread implements Executor {
    private ThreadPoolExecutor executor;
    private boolean ended;

    @Override
    public void execute(Runnable task) {
        started().execute(task);
    }

    private synchronized Executor started() {
        if (ended) {
            throw new RejectedExecutionException("the client is closed");
        }
        start();
        return executor;
    }

    synchronized void start() {
        if (executor == null && !ended) {
            executor = new ThreadPoolExecutor(
                    1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), run -> new Thread(run, "blipmq-handlers"));
            executor.prestartCoreThread();
        }
    }

    synchronized void end() {
        ended = true;
        if (executor != null) {
            executor.shutdown();
        }
    }
}
