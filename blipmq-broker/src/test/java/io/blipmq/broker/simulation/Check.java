package io.blipmq.broker.simulation;

import java.util.function.Supplier;

/** What has to hold. Stateless. */
final class Check {
    private Check() {}

    static void that(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }
}
