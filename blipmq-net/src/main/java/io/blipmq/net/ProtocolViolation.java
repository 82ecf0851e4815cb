package io.blipmq.net;

/**
 * The peer broke its protocol in a way that leaves no way on: its connection is closed. The message names what was wrong
 * and never holds a byte of a payload.
 */
public final class ProtocolViolation extends Exception {
    private static final long serialVersionUID = 1;

    private final EndReason reason;

    private ProtocolViolation(EndReason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** No packet may begin like this. */
    public static ProtocolViolation malformed(String message) {
        return new ProtocolViolation(EndReason.MALFORMED_PACKET, message);
    }

    /** A packet is longer than the peer may send. */
    public static ProtocolViolation tooLong(String message) {
        return new ProtocolViolation(EndReason.PACKET_TOO_LONG, message);
    }

    EndReason reason() {
        return reason;
    }
}
