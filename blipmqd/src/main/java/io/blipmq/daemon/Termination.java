package io.blipmq.daemon;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import sun.misc.Signal;

/**
 * What SIGTERM, SIGINT and SIGHUP do: the first ends the process with status 0 by way of the shutdown hook, a second one
 * ends the wait for acknowledgements. Without a handler of our own a signal would run the hook, too, but end with another
 * status, and a second one would be lost.
 *
 * <p>A SIGHUP comes when the terminal is closed. One that is ignored when the process starts, as under nohup, stays so.
 */
final class Termination {
    private static final String[] SIGNALS = {"TERM", "INT", "HUP"};

    private Termination() {}

    /** @param exit ends the process with a status, after the shutdown hooks */
    static void install(Daemon daemon, IntConsumer exit) {
        Runtime.getRuntime().addShutdownHook(new Thread(daemon::shutdown, "shutdown"));
        AtomicBoolean asked = new AtomicBoolean();
        for (String name : SIGNALS) {
            Signal.handle(new Signal(name), signal -> {
                if (asked.getAndSet(true)) {
                    daemon.endDrain();
                } else {
                    new Thread(() -> exit.accept(ExitStatus.OK), "exit").start();
                }
            });
        }
    }
}
