package io.blipmq.client;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/** Thread-safe: the one thread on which a client's handlers run, begun when the first one is needed. */
final class HandlerThread implements Executor {
    private ExecutorService executor;
    private boolean ended;

    @Override
    public void execute(Runnable task) {
        started().execute(task);
    }

    private synchronized ExecutorService started() {
        if (ended) {
            throw new RejectedExecutionException("the client is closed");
        }
        if (executor == null) {
            executor = Executors.newSingleThreadExecutor(run -> {
                Thread thread = new Thread(run, "blipmq-handlers");
                thread.setDaemon(true);
                return thread;
            });
        }
        return executor;
    }

    synchronized void end() {
        ended = true;
        if (executor != null) {
            executor.shutdown();
        }
    }
}
