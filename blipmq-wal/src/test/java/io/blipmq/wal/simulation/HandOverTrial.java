package io.blipmq.wal.simulation;

import java.util.function.LongFunction;

/** The {@link HandOver}s, by number from 1; answers what was found wrong in one of its orders. Stateless. */
public final class HandOverTrial implements LongFunction<String> {

    @Override
    public String apply(long number) {
        HandOver handOver = HandOver.values()[(int) number - 1];
        try {
            int orders = handOver.explore();
            System.out.println(handOver + ": " + orders + " orders");
            return null;
        } catch (RuntimeException | AssertionError e) {
            return handOver + ", " + e.getMessage();
        }
    }
}
