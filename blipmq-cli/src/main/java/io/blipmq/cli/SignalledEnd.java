package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import java.util.concurrent.TimeUnit;

/**
 * Thread-safe: closes the client when a signal ends the process, so that what was not printed is released and does not spend an
 * attempt.
 */
final class SignalledEnd implements AutoCloseable {
    /** A broker that does not answer is not to keep Ctrl+C waiting. */
    private static final long WAIT_MILLIS_MAX = TimeUnit.SECONDS.toMillis(2);

    private final Thread hook;
    private volatile boolean begun;

    SignalledEnd(BlipClient client) {
        Thread closing = new Thread(client::close, "blipmq-closing");
        closing.setDaemon(true);
        hook = new Thread(() -> end(closing), "blipmq-signalled");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void end(Thread closing) {
        begun = true;
        closing.start();
        try {
            closing.join(WAIT_MILLIS_MAX);
        } catch (InterruptedException e) {
            // The process ends either way.
        }
    }

    boolean hasBegun() {
        return begun;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is running.
        }
    }
}
