package io.blipmq.broker;

/**
 * Whether connections read a durable subscription and since when, and what it gets only while they do: QoS 0 messages.
 * Owned by the core thread.
 */
final class Attachment {
    private int clients;
    /** Null without a connection. */
    private LiveLog.Cursor live;

    private long detachedNanos;
    /** Wall clock. */
    private long sinceMillis;

    private boolean backlogWarned;

    boolean isAttached() {
        return clients > 0;
    }

    /**
     * A connection reads it from now on. Another one may do so already: a key has one subscription to a dead-letter topic,
     * so all its connections that subscribe share it. Each may poll and acknowledge what any of them was given.
     */
    void attach(LiveLog messages, long nowMillis) {
        clients++;
        if (clients == 1) {
            live = messages.open();
            sinceMillis = nowMillis;
            backlogWarned = false;
        }
    }

    /**
     * A connection is gone.
     *
     * @return whether it was the last one: then the subscription is to be detached
     */
    boolean release() {
        clients--;
        return clients == 0;
    }

    /** @return QoS 0 messages that were waiting and are lost */
    long detach(long nowNanos, long nowMillis) {
        long lost = live.backlog();
        live.close();
        live = null;
        startDetached(nowNanos, nowMillis);
        return lost;
    }

    /** Counts the time without a connection from now on. */
    void startDetached(long nowNanos, long nowMillis) {
        detachedNanos = nowNanos;
        sinceMillis = nowMillis;
    }

    long detachedNanos() {
        return detachedNanos;
    }

    /** Since when it has a connection, or has none. */
    long sinceMillis() {
        return sinceMillis;
    }

    /** Whether a QoS 0 message waits; then {@link #live()} is there. */
    boolean hasLive() {
        return live != null && live.hasNext();
    }

    LiveLog.Cursor live() {
        return live;
    }

    long liveBacklog() {
        return live == null ? 0 : live.backlog();
    }

    /** @return whether this is the first call since it was attached */
    boolean warnOfBacklogOnce() {
        boolean first = !backlogWarned;
        backlogWarned = true;
        return first;
    }
}
