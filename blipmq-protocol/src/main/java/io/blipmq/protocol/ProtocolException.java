package io.blipmq.protocol;

import java.io.IOException;

/**
 * The peer broke the protocol in a way that leaves no way on: an impossible length, an unknown type. Its connection is
 * closed, like one whose socket failed. The message names what was wrong and never holds a byte of a payload.
 */
public final class ProtocolException extends IOException {
    private static final int BROKEN = 400;
    private static final int TOO_LONG = 413;

    private final int code;

    public ProtocolException(String message) {
        this(BROKEN, message);
    }

    private ProtocolException(int code, String message) {
        super(message);
        this.code = code;
    }

    /** A frame is longer than the peer may send. */
    public static ProtocolException tooLong(String message) {
        return new ProtocolException(TOO_LONG, message);
    }

    /** What the peer is told beside the message. */
    public int code() {
        return code;
    }
}
