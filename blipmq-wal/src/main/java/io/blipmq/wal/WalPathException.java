package io.blipmq.wal;

import java.io.IOException;

/** The configured path cannot hold a log; the message says why and what to do. */
public final class WalPathException extends IOException {

    WalPathException(String message) {
        super(message);
    }

    WalPathException(String message, Throwable cause) {
        super(message, cause);
    }
}
