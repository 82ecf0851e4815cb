package io.blipmq.protocol;

import java.nio.charset.StandardCharsets;

/** A refusal whose text depends on what is refused. Immutable. */
public final class TextRefusal implements Refusal {
    private final int code;
    private final byte[] encodedText;

    public TextRefusal(int code, String text) {
        this.code = code;
        this.encodedText = text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int code() {
        return code;
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
