package io.blipmq.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a start does about a damaged log. */
public enum WalRecovery {
    /** Refuses it, and says where it is damaged. */
    STRICT,
    /** Goes on with what is whole, sets the damaged part aside, and says what is lost. */
    SALVAGE;

    /** Reads what a config file writes; empty when it is neither. */
    static Optional<WalRecovery> parse(String text) {
        return Arrays.stream(values())
                .filter(value -> value.toString().equals(text))
                .findFirst();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
