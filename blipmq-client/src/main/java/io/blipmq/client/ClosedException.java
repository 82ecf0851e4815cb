package io.blipmq.client;

/** The client, or the subscription, has been closed or has ended; the message says why. */
public final class ClosedException extends BlipException {
    private static final long serialVersionUID = 1;

    ClosedException(String message) {
        super(message);
    }

    ClosedException(String message, Throwable cause) {
        super(message, cause);
    }
}
