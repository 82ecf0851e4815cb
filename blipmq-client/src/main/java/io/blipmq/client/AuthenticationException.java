package io.blipmq.client;

/** The broker does not know the key. The key is never part of the message. */
public final class AuthenticationException extends RefusedException {
    private static final long serialVersionUID = 1;

    AuthenticationException(BlipAddress address, int code, String text) {
        super("the key for " + address, code, text);
    }
}
