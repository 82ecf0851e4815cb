package io.blipmq.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The life of one durable subscription: its state, the connections that wait for it or read it, and since when it has one or
 * none. Owned by the core thread.
 */
final class SubscriptionLife {
    /** The moves between these are in {@link SubscriptionLife#transitionTo}. */
    enum State {
        /** It is journalled and not stored: its id and its name are taken, and it can only be waited for. */
        STORING,
        /** No connection reads it. */
        DETACHED,
        /** One connection reads it, or several that share it. */
        ATTACHED,
        /** Its end is journalled and not stored: nobody reads or settles any more. */
        REMOVING,
        /** Its end has come. */
        GONE;

        private boolean mayBecome(State next) {
            return switch (this) {
                case STORING -> next == DETACHED;
                case DETACHED -> next != DETACHED && next != STORING;
                case ATTACHED -> next != ATTACHED && next != STORING;
                case REMOVING -> next == GONE;
                case GONE -> false;
            };
        }
    }

    private final long id;
    private final Runnable beforeChange;
    private State state = State.STORING;
    /** Who waits until it is stored; null when that connection is gone. */
    private Client asker;
    /** With what; null when that one polls. */
    private AttachRequest request;

    /** Connections that read it, oldest first; immutable when there is none. */
    private List<Client> clients = List.of();
    /** The one of them that its messages are pushed to, or a group of them; null when they are polled. */
    private PushTarget target;

    private long detachedNanos;
    /** Since when it has a connection, or has none; wall clock. */
    private long sinceMillis;

    private boolean backlogWarned;

    /** @param beforeChange is told before what a checkpoint keeps of it changes */
    SubscriptionLife(long id, Runnable beforeChange) {
        this.id = id;
        this.beforeChange = beforeChange;
    }

    /**
     * The one way to another state.
     *
     * <table>
     *   <caption>Legal moves</caption>
     *   <tr><td>STORING → DETACHED <td>its command is applied
     *   <tr><td>DETACHED → ATTACHED <td>a connection begins to read it
     *   <tr><td>ATTACHED → DETACHED <td>the last connection has left it
     *   <tr><td>DETACHED, ATTACHED → REMOVING <td>its removal is journalled
     *   <tr><td>DETACHED, ATTACHED, REMOVING → GONE <td>its removal is applied, by whichever node it was decided
     * </table>
     *
     * <p>What a checkpoint, replay, another node or a first dead letter brings is stored as soon as it is made. What is STORING
     * when a leadership ends, or the process, is forgotten. A connection that deletes what it reads leaves it while it is
     * REMOVING.
     */
    private void transitionTo(State next) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException("subscription " + id + " is " + state + " and cannot become " + next);
        }
        state = next;
    }

    // --- storing ---

    boolean isStoring() {
        return state == State.STORING;
    }

    /** @param with null for a client that polls */
    void awaitedBy(Client client, AttachRequest with) {
        asker = client;
        request = with;
    }

    /** Who waits for it has gone. */
    void forsake() {
        asker = null;
    }

    /** Whether another connection that polls may wait for it instead of the one that has gone. */
    boolean isForsaken() {
        return isStoring() && asker == null && request == null;
    }

    Client asker() {
        return asker;
    }

    AttachRequest request() {
        return request;
    }

    /** It exists from now on, detached. */
    void store() {
        transitionTo(State.DETACHED);
    }

    // --- attached ---

    boolean isAttached() {
        return !clients.isEmpty();
    }

    /** Connections that read it, oldest first. */
    List<Client> clients() {
        return List.copyOf(clients);
    }

    /** How many connections read it. */
    int clientCount() {
        return clients.size();
    }

    /** The connection that reads it, one of them if there are several; null when there is none. */
    Client client() {
        if (target instanceof Attachment attachment) {
            return attachment.client();
        }
        return clients.isEmpty() ? null : clients.get(0);
    }

    /**
     * A connection reads it from now on. Others may do so already, and they share it: each message goes to one of them, which
     * any of them may acknowledge.
     *
     * @return whether it is the first one
     */
    boolean attach(Client client, long nowMillis) {
        beforeChange.run();
        boolean first = clients.isEmpty();
        if (first) {
            clients = new ArrayList<>(1);
            transitionTo(State.ATTACHED);
            sinceMillis = nowMillis;
            backlogWarned = false;
        }
        clients.add(client);
        return first;
    }

    /** From now on its messages are pushed; null: no more. */
    void target(PushTarget newTarget) {
        target = newTarget;
    }

    PushTarget target() {
        return target;
    }

    /** Those that share it as competing consumers, or null. */
    ConsumerGroup group() {
        return target instanceof ConsumerGroup group ? group : null;
    }

    /** What a connection that its messages are pushed to has of it, or null. */
    Attachment attachment(Client client) {
        if (target instanceof Attachment attachment) {
            return attachment.client() == client ? attachment : null;
        }
        return target instanceof ConsumerGroup group ? group.member(client) : null;
    }

    /** Whether its messages are pushed to one connection, which does not share it. */
    boolean isHeldAlone() {
        return target instanceof Attachment;
    }

    /** Whether it has members: of a group, or several connections that poll. */
    boolean isShared() {
        return target == null ? clients.size() > 1 : !isHeldAlone();
    }

    /**
     * A connection reads it no longer.
     *
     * @return whether it was the last one: then it is to be detached
     */
    boolean leave(Client client) {
        beforeChange.run();
        clients.remove(client);
        if (!clients.isEmpty()) {
            return false;
        }
        clients = List.of();
        if (state == State.ATTACHED) {
            transitionTo(State.DETACHED);
        }
        return true;
    }

    // --- detached ---

    /** Counts the time without a connection from now on. */
    void startDetached(long nowNanos, long nowMillis) {
        beforeChange.run();
        detachedNanos = nowNanos;
        sinceMillis = nowMillis;
    }

    /** After a start: since when it had no connection; 0: it had one. */
    void restoreDetached(long millis) {
        sinceMillis = millis;
    }

    /**
     * After a start: the time without a connection goes on, or begins.
     *
     * @param movedMillis by how much the times of the last checkpoint have moved
     */
    void onStarted(long nowNanos, long nowMillis, long movedMillis) {
        if (sinceMillis == 0 || sinceMillis + movedMillis > nowMillis) {
            startDetached(nowNanos, nowMillis);
        } else {
            sinceMillis += movedMillis;
            detachedNanos = nowNanos - TimeUnit.MILLISECONDS.toNanos(nowMillis - sinceMillis);
        }
    }

    long detachedNanos() {
        return detachedNanos;
    }

    long sinceMillis() {
        return sinceMillis;
    }

    /** @return whether this is the first call since it was attached */
    boolean warnOfBacklogOnce() {
        boolean first = !backlogWarned;
        backlogWarned = true;
        return first;
    }

    // --- end ---

    /** Whether its end is journalled, or has come. */
    boolean isRemoving() {
        return state == State.REMOVING || state == State.GONE;
    }

    void markRemoving() {
        if (!isRemoving()) {
            transitionTo(State.REMOVING);
        }
    }

    /** Whether its end has come. */
    boolean isGone() {
        return state == State.GONE;
    }

    void markGone() {
        transitionTo(State.GONE);
    }
}
