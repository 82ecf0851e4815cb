package io.blipmq.config;

import java.util.List;

/** What is wrong with one value or file, as one or more sentences without their place. Has no stack trace. */
final class Refused extends Exception {
    private final transient List<String> reasons;

    Refused(String reason) {
        this(List.of(reason));
    }

    Refused(List<String> reasons) {
        super(String.join("; ", reasons), null, false, false);
        this.reasons = List.copyOf(reasons);
    }

    List<String> reasons() {
        return reasons;
    }
}
