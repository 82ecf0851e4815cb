package io.blipmq.client;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** A name and a value that travel with a message. The value's array is not copied and not to be changed. */
public record Header(String name, byte[] value) {
    public Header {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
    }

    /** The value read as UTF-8. */
    public String text() {
        return new String(value, StandardCharsets.UTF_8);
    }

    /** Without the value: that belongs in no log. */
    @Override
    public String toString() {
        return "Header[" + name + ", " + value.length + " bytes]";
    }
}
