package io.blipmq.net.blip2;

import io.blipmq.broker.journal.OwnerId;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * The clients that say which instance they are, and the session of each. Owned by the broker thread.
 *
 * <p>A client that has lost its connection unseen comes back on a new one: its older session gives way at once, so that
 * nothing that is the client's own is kept from it.
 */
final class ClientInstances {
    private final Map<Instance, Blip2Session> sessions = new HashMap<>();

    /** An instance belongs to a key, so that nobody replaces another key's client. */
    private record Instance(OwnerId owner, ByteBuffer bytes) {}

    /** A session has authenticated. */
    void enter(OwnerId owner, byte[] instance, Blip2Session session) {
        if (instance.length > 0) {
            Blip2Session older = sessions.put(of(owner, instance), session);
            if (older != null) {
                older.replace();
            }
        }
    }

    /** A session ends. */
    void leave(OwnerId owner, byte[] instance, Blip2Session session) {
        if (instance.length > 0) {
            sessions.remove(of(owner, instance), session);
        }
    }

    private static Instance of(OwnerId owner, byte[] instance) {
        return new Instance(owner, ByteBuffer.wrap(instance));
    }
}
