package io.blipmq.net;

/** What the server counts. Immutable. */
public enum NetMetric {
    CONNECTIONS("Connections that are open now."),
    CONNECTIONS_ACCEPTED("Connections accepted since the start, rejected ones not among them."),
    CONNECTIONS_REJECTED_LIMIT("Connections closed because max_connections were open."),
    ACCEPT_FAILURES("Accepts that failed, for lack of file descriptors as a rule."),
    AUTH_FAILURES("AUTH requests with an unknown key."),
    HANDSHAKE_TIMEOUTS("Connections closed because their handshake took too long."),
    PARTIAL_PACKET_TIMEOUTS("Connections closed because a packet that had begun made no progress."),
    SILENCE_TIMEOUTS("Connections closed because nothing came from their clients for longer than these had promised."),
    CONNECTIONS_REPLACED("Connections closed because their clients had come back on newer ones."),
    OUTPUT_TIMEOUTS("Connections closed because they took none of their output."),
    PROTOCOL_ERRORS("Connections closed because their clients broke the protocol, or sent too long a packet."),
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
