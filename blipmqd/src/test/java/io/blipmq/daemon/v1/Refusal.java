package io.blipmq.daemon.v1;

/**
 * A request that the server refused with a NACK.
 *
 * @param correlationId of the request; the delivery tag when an acknowledgement was refused
 */
public record Refusal(long correlationId, int code, String text) {
    @Override
    public String toString() {
        return code + " " + text;
    }
}
