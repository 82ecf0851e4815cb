package io.blipmq.client;

/** What a client could not do. Its subclasses say why; a program that does not care catches this one. */
public class BlipException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BlipException(String message) {
        super(message);
    }

    BlipException(String message, Throwable cause) {
        super(message, cause);
    }
}
