package io.blipmq.net;

/**
 * Where the server listens for the connections of one protocol. Immutable.
 *
 * @param host a host name or an address
 * @param port 0 for any free one
 */
public record NetAddress(String host, int port) {
    public NetAddress {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
