package io.blipmq.client;

/** The broker said no, and why. The connection stays usable. */
public class RefusedException extends BlipException {
    private static final long serialVersionUID = 1;
    private static final int NOT_LEADER = 421;
    private static final int SHUTTING_DOWN = 503;

    private final int code;
    private final String text;

    RefusedException(String what, int code, String text) {
        super(what + " was refused: " + code + " " + text);
        this.code = code;
        this.text = text;
    }

    /** See the table of codes in the protocol: 403 reserved, 404 unknown, 409 held by another, 507 disk full, and so on. */
    public int code() {
        return code;
    }

    /** Whether nothing was wrong with the request: it is for the next connection, as this one is about to end. */
    boolean isOfConnection() {
        return code == NOT_LEADER || code == SHUTTING_DOWN;
    }

    /** Whether the broker will not serve this connection at all, and has not said so yet. */
    boolean isOfNode() {
        return code == NOT_LEADER;
    }

    /** What a person can act on. */
    public String text() {
        return text;
    }
}
