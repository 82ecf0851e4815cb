package io.blipmq.client;

/** As many messages or bytes are unconfirmed as the client may have, and it was not to wait: see {@link WhenFull}. */
public final class FullException extends BlipException {
    private static final long serialVersionUID = 1;

    FullException(String message) {
        super(message);
    }
}
