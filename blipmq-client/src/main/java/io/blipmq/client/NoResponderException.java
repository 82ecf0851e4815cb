package io.blipmq.client;

/** A request reached no subscription: there is nobody who could reply. */
public final class NoResponderException extends BlipException {
    private static final long serialVersionUID = 1;

    NoResponderException(String topic) {
        super("nobody is subscribed to " + topic + ", so no reply can come");
    }
}
