package io.blipmq.net;

/** What the server counts. Immutable. */
public enum NetMetric {
    CONNECTIONS("Connections that are open now."),
    CONNECTIONS_ACCEPTED("Connections accepted since the start, without rejected ones."),
    CONNECTIONS_REJECTED_LIMIT("Connections closed because max_connections were open."),
    ACCEPT_FAILURES("Accepts that failed, usually for lack of file descriptors."),
    AUTH_FAILURES("AUTH requests with an unknown key."),
    HANDSHAKE_TIMEOUTS("Connections closed because their handshake took too long."),
    PARTIAL_PACKET_TIMEOUTS("Connections closed because a packet that had begun made no progress."),
    SILENCE_TIMEOUTS("Connections closed because their clients sent nothing for longer than they promised."),
    CONNECTIONS_REPLACED("Connections closed because newer connections of the same clients replaced them."),
    OUTPUT_TIMEOUTS("Connections closed because their clients read none of their output."),
    PROTOCOL_ERRORS("Connections closed because their clients broke the protocol or sent a packet that was too long."),
    BYTES_IN("Bytes read from clients."),
    BYTES_OUT("Bytes written to clients."),
    PACKETS_OUT("Packets sent, or queued to be sent."),
    ASSEMBLY_BYTES("Bytes of buffers that hold unfinished input now."),
    OUTPUT_BYTES("Bytes queued for clients that have not taken them yet.");

    private final String help;

    NetMetric(String help) {
        this.help = help;
    }

    public String help() {
        return help;
    }
}
