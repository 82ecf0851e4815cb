package io.blipmq.broker;

/** The way other threads into the core. Thread-safe. */
public final class Mailbox {

    /** Hands a task to the core thread and wakes it; it runs at the start of the core's next turn. */
    public void post(Runnable task) {
        throw new UnsupportedOperationException("walking skeleton");
    }
}
