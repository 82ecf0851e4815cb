package io.blipmq.daemon.v1;

import io.blipmq.client.BlipAddress;

/** The server does not know the key. The key is never part of the message. */
public final class AuthenticationException extends RequestRefusedException {
    private static final long serialVersionUID = 1;

    AuthenticationException(BlipAddress address, Refusal refusal) {
        super("the key for " + address, refusal);
    }
}
