package io.blipmq.protocol.v2;

import io.blipmq.protocol.Refusal;
import java.nio.charset.StandardCharsets;

/** Refuses a property and says which. Immutable. */
final class PropertyRefusal implements Refusal {
    private static final int CODE = 400;

    private final byte[] encodedText;

    private PropertyRefusal(String text) {
        encodedText = text.getBytes(StandardCharsets.UTF_8);
    }

    static PropertyRefusal of(int problem) {
        String key = "property 0x" + String.format("%02x", PropertyProblem.key(problem));
        return new PropertyRefusal(
                PropertyProblem.isReservedKey(problem) ? key + " is the broker's own" : key + " is not known here");
    }

    @Override
    public int code() {
        return CODE;
    }

    @Override
    public String text() {
        return new String(encodedText, StandardCharsets.UTF_8);
    }

    @Override
    public byte[] encodedText() {
        return encodedText;
    }
}
