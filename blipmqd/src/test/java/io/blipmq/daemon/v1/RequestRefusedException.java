package io.blipmq.daemon.v1;

import java.io.IOException;

/** The server answered a call with a NACK. The connection stays usable. */
public class RequestRefusedException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient Refusal refusal;

    RequestRefusedException(String request, Refusal refusal) {
        super(request + " was refused: " + refusal);
        this.refusal = refusal;
    }

    public Refusal refusal() {
        return refusal;
    }
}
