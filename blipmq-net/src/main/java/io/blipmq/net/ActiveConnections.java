package io.blipmq.net;

import java.util.ArrayList;
import java.util.List;

/**
 * The connections that this turn has something to do for: those that are ready, those that the last turn left unfinished,
 * and those that something was pushed to. Owned by the broker thread.
 */
final class ActiveConnections {
    private final List<Connection> connections = new ArrayList<>();

    void add(Connection connection) {
        if (!connection.active) {
            connection.active = true;
            connections.add(connection);
        }
    }

    int count() {
        return connections.size();
    }

    Connection get(int index) {
        return connections.get(index);
    }

    /** Goes on with this one in the next turn, too. */
    void keep(int place, Connection connection) {
        connections.set(place, connection);
    }

    /** Drops those behind the ones that were kept. */
    void truncate(int kept) {
        connections.subList(kept, connections.size()).clear();
    }
}
