package io.blipmq.protocol;

/** A request's NACK: why it was refused, in a code and a text that a person can act on. Immutable. */
public interface Refusal {
    int code();

    String text();

    /** The text as it stands on the wire; not to be changed. */
    byte[] encodedText();

    /** Bytes of the whole NACK frame. */
    default int frameBytes() {
        return PayloadLayout.nackFrameBytes(encodedText().length);
    }
}
