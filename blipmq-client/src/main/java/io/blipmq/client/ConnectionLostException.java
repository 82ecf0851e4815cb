package io.blipmq.client;

/**
 * There was no connection, or it was lost before the answer came: whether the request had taken effect is not known. Publishes
 * at QoS 1 do not end with it, because they are sent again.
 */
public final class ConnectionLostException extends BlipException {
    private static final long serialVersionUID = 1;

    ConnectionLostException(String message, Throwable cause) {
        super(message, cause);
    }
}
