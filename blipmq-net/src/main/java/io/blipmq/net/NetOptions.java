package io.blipmq.net;

import io.blipmq.protocol.v2.Welcome;
import java.util.List;

/**
 * What the server needs to know. Immutable.
 *
 * @param bindAddress a host name or an address
 * @param port 0 for any free one
 * @param connectionsMax connections beyond it are closed, once they have been told so if their version can hear it
 * @param keys the API keys that are let in, in UTF-8; none lets nobody in
 * @param budgets what the connections may take together
 * @param server what clients are told about this server
 * @param limits how much is done at a time, and held for one connection
 * @param times how long is waited for what
 */
public record NetOptions(
        String bindAddress,
        int port,
        int connectionsMax,
        List<byte[]> keys,
        NetBudgets budgets,
        ServerDescription server,
        NetLimits limits,
        NetTimes times) {

    /** With the limits and times that the server has unless something else is said. */
    public NetOptions(
            String bindAddress,
            int port,
            int connectionsMax,
            List<byte[]> keys,
            NetBudgets budgets,
            ServerDescription server) {
        this(bindAddress, port, connectionsMax, keys, budgets, server, NetLimits.defaults(), NetTimes.defaults());
    }

    public NetOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
        }
        if (connectionsMax < 1) {
            throw new IllegalArgumentException("at least one connection must be allowed, not " + connectionsMax);
        }
        keys = List.copyOf(keys);
    }

    NetOptions with(NetLimits otherLimits, NetTimes otherTimes) {
        return new NetOptions(bindAddress, port, connectionsMax, keys, budgets, server, otherLimits, otherTimes);
    }

    Welcome welcome() {
        return server.welcome(times, budgets.frameLengthMax());
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return "NetOptions[" + bindAddress + ":" + port + ", connectionsMax=" + connectionsMax + ", " + keys.size()
                + " keys, " + budgets + ", " + server + "]";
    }
}
