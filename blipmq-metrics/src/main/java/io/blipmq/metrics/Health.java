package io.blipmq.metrics;

import java.util.Objects;

/**
 * Whether something is as it should be, and a line for people about it.
 *
 * @param text what is wrong, or {@code ok}
 */
public record Health(boolean isUp, String text) {
    private static final Health OK = new Health(true, "ok");

    public Health {
        Objects.requireNonNull(text);
    }

    /** All is well. */
    public static Health ok() {
        return OK;
    }

    /** It is not, and why. */
    public static Health down(String reason) {
        return new Health(false, reason);
    }
}
