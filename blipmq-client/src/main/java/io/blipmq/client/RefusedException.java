package io.blipmq.client;

/** The broker said no, and why. The connection stays usable. */
public class RefusedException extends BlipException {
    private static final long serialVersionUID = 1;

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

    /** What a person can act on. */
    public String text() {
        return text;
    }
}
