package io.blipmq.broker;

/** Which thread the core belongs to; asked by assertions alone. Owned by the core thread. */
final class OwnerThread {
    private Thread owner;

    /** The core belongs to the calling thread from now on. */
    void adopt() {
        owner = Thread.currentThread();
    }

    /** Whether the calling thread is the owner, which is the first one that asks until another adopts. */
    boolean isCurrent() {
        if (owner == null) {
            adopt();
        }
        return owner == Thread.currentThread();
    }
}
