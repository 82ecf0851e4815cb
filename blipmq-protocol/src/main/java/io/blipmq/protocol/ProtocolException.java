package io.blipmq.protocol;

import java.io.IOException;

/**
 * The peer broke the protocol in a way that leaves no way on: an impossible length, an unknown type. Its connection is
 * closed, like one whose socket failed. The message names what was wrong and never holds a byte of a payload.
 */
public final class ProtocolException extends IOException {
    public ProtocolException(String message) {
        super(message);
    }
}
