package io.blipmq.metrics;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Says whether the agents run their duty cycles: none has been in one turn for too long. Thread-safe. */
public final class Liveness implements Supplier<Health> {
    private final List<DutyCycle> agents;
    private final LongSupplier nanoClock;
    private final long turnNanosMax;

    /**
     * Watches agents.
     *
     * @param nanoClock the clock by which the agents count their turns
     */
    public Liveness(List<DutyCycle> agents, LongSupplier nanoClock, long turnNanosMax) {
        this.agents = List.copyOf(agents);
        this.nanoClock = nanoClock;
        this.turnNanosMax = turnNanosMax;
    }

    @Override
    public Health get() {
        long nowNanos = nanoClock.getAsLong();
        for (DutyCycle agent : agents) {
            long turnNanos = agent.currentTurnNanos(nowNanos);
            if (turnNanos > turnNanosMax) {
                return Health.down("the " + agent.agent() + " thread has been in one turn for "
                        + TimeUnit.NANOSECONDS.toSeconds(turnNanos) + " s");
            }
        }
        return Health.ok();
    }
}
