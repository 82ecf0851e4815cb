package io.blipmq.broker.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/** Runs a simulation with many seeds, or with the one that a property names. Stateless. */
final class Seeds {
    private Seeds() {}

    /**
     * @param property as in {@code -Dproperty.seed=N}, {@code -Dproperty.seeds=N}, {@code -Dproperty.first=N}
     * @param test names it to whoever wants to run one seed alone
     */
    static void run(String property, int usual, String test, LongConsumer run) {
        List<AssertionError> failures = new ArrayList<>();
        seeds(property, usual).forEach(seed -> {
            try {
                run.accept(seed);
            } catch (AssertionError e) {
                failures.add(e);
            }
        });
        if (!failures.isEmpty()) {
            List<String> all = failures.stream()
                    .map(failure -> failure.getMessage().lines().findFirst().orElse(""))
                    .toList();
            throw new AssertionError(
                    failures.size() + " runs failed; one runs alone with -Dtest=" + test + " -D" + property
                            + ".seed=N:\n" + String.join("\n", all) + "\nthe first of them:",
                    failures.get(0));
        }
    }

    private static LongStream seeds(String property, int usual) {
        Long one = Long.getLong(property + ".seed");
        long first = Long.getLong(property + ".first", 1);
        int count = Integer.getInteger(property + ".seeds", usual);
        return one == null ? LongStream.range(first, first + count) : LongStream.of(one);
    }
}
