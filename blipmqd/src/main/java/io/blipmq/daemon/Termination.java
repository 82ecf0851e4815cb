package io.blipmq.daemon;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * What signals do. The first SIGTERM, SIGINT or SIGHUP ends the process by way of the shutdown hook, also while it starts; a
 * second one ends the wait for acknowledgements. Without a handler of our own a signal would run the hook, too, but end with
 * another status, and a second one would be lost.
 *
 * <p>A SIGHUP comes when the terminal is closed, or from somebody who wants the configuration read again: the status tells a
 * supervisor that restarts on failure to do so. One that is ignored when the process starts, as under nohup, stays so.
 *
 * <p>Signals that mean nothing here, and would end the process without a shutdown, do nothing.
 */
final class Termination {
    private static final Logger logger = LoggerFactory.getLogger(Termination.class);

    private static final List<String> WITHOUT_MEANING =
            List.of("USR1", "ALRM", "VTALRM", "PROF", "IO", "PWR", "STKFLT");

    private final Daemon daemon;
    private final IntConsumer exit;
    private final AtomicBoolean asked = new AtomicBoolean();

    private Termination(Daemon daemon, IntConsumer exit) {
        this.daemon = daemon;
        this.exit = exit;
    }

    /** @param exit ends the process with a status, after the shutdown hooks */
    static void install(Daemon daemon, IntConsumer exit) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> shutdown(daemon), "shutdown"));
        Termination termination = new Termination(daemon, exit);
        termination.endOn("TERM", ExitStatus.OK);
        termination.endOn("INT", ExitStatus.OK);
        termination.endOn("HUP", ExitStatus.HUNG_UP);
        WITHOUT_MEANING.forEach(Termination::ignore);
    }

    private static void shutdown(Daemon daemon) {
        try {
            daemon.shutdown();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the shutdown", e);
        }
    }

    private void endOn(String name, int status) {
        Signal.handle(new Signal(name), signal -> {
            if (asked.getAndSet(true)) {
                daemon.endDrain();
            } else {
                new Thread(() -> exit.accept(status), "exit").start();
            }
        });
    }

    private static void ignore(String name) {
        try {
            Signal.handle(
                    new Signal(name),
                    signal -> logger.warn("ignored SIG{}, which has no meaning here", signal.getName()));
        } catch (IllegalArgumentException e) {
            logger.debug(
                    "cannot handle SIG{}, which the JVM uses or this system does not have: {}", name, e.getMessage());
        }
    }
}
