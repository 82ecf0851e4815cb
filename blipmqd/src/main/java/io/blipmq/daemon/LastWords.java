package io.blipmq.daemon;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Says why the process ends, and ends it, whether or not the words get out. Stateless.
 *
 * <p>Whoever reads the log may have stopped reading; a write to a full pipe never returns. A daemon that must not confirm
 * anything any more does not wait for that.
 */
final class LastWords {
    /** Far longer than a line takes that somebody reads, and well within the second in which the process must have ended. */
    private static final long PATIENCE_MILLIS = 500;

    private LastWords() {}

    /** @param end is called in any case, on the caller's thread */
    static void say(Runnable words, Runnable end) {
        try {
            CountDownLatch said = new CountDownLatch(1);
            Thread speaker = new Thread(
                    () -> {
                        words.run();
                        said.countDown();
                    },
                    Thread.currentThread().getName());
            speaker.setDaemon(true);
            speaker.start();
            awaitPatiently(said);
        } finally {
            end.run();
        }
    }

    private static void awaitPatiently(CountDownLatch said) {
        try {
            said.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // somebody is in a hurry, and so it ends
        }
    }
}
