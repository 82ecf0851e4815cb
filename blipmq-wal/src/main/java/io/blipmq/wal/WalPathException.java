package io.blipmq.wal;

import java.io.IOException;

/** The configured path cannot hold a log; the message says why and what to do. */
public final class WalPathException extends IOException {

    public WalPathException(String message) {
        super(message);
    }

    public WalPathException(String message, Throwable cause) {
        super(message, cause);
    }
}
