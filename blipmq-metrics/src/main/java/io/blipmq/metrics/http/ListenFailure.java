package io.blipmq.metrics.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Locale;

/** Says why the endpoint cannot listen, and what to do. Immutable: holds nothing. */
final class ListenFailure {
    private ListenFailure() {}

    static IOException explain(InetSocketAddress address, IOException cause) {
        String reason = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        return new IOException(
                "metrics: cannot listen on " + hostAndPort(address) + ": " + reason + "; " + advice(address, reason),
                cause);
    }

    static String hostAndPort(InetSocketAddress address) {
        String host = address.isUnresolved()
                ? address.getHostString()
                : address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private static String advice(InetSocketAddress address, String reason) {
        if (reason.contains("in use")) {
            return "another process has this port (`ss -ltnp sport = :" + address.getPort()
                    + "` shows which): stop it, or set metrics_port (BLIPMQ_METRICS_PORT) to a free one";
        }
        if (reason.contains("permission")) {
            return "set metrics_port (BLIPMQ_METRICS_PORT) to 1024 or above, or allow this user the lower ones";
        }
        return "set metrics_addr (BLIPMQ_METRICS_ADDR) to an address of this machine";
    }
}
