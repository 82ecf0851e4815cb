package io.blipmq.broker;

import io.blipmq.broker.journal.StoredMessage;
import io.blipmq.jmh.TimePerOperation;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What a delivery's deadline costs while so many others run. An operation is one deadline. Time is the benchmark's own: it
 * goes on a little with each delivery.
 */
public class DeadlineWheelBenchmark extends TimePerOperation {
    private static final int DELIVERIES = 64;
    private static final long TICK_NANOS = 1L << 23;
    private static final long ACK_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** A million deliveries a second. */
    private static final long BETWEEN_DELIVERIES_NANOS = 1_000;

    @Param({"1024", "16384"})
    int inFlight;

    private DeadlineWheel settledWheel;
    private Delivery[] settled;
    private int oldest;
    private long settledNanos;

    private final Consumer<Delivery> deliverAgain = this::deliverAgain;
    private DeadlineWheel expiringWheel;
    private long expiringNanos;

    @Setup
    public void fill() {
        settledWheel = new DeadlineWheel(0, BrokerLimits.defaults());
        settled = new Delivery[inFlight];
        for (int i = 0; i < inFlight; i++) {
            settled[i] = delivery();
            deliver(settled[i]);
        }
        expiringWheel = new DeadlineWheel(0, BrokerLimits.defaults());
        for (int i = 0; i < inFlight; i++) {
            expiringWheel.schedule(delivery(), (i / DELIVERIES) * TICK_NANOS);
        }
    }

    private static Delivery delivery() {
        return new Delivery(null, new StoredMessage());
    }

    private void deliver(Delivery delivery) {
        settledNanos += BETWEEN_DELIVERIES_NANOS;
        settledWheel.schedule(delivery, settledNanos + ACK_TIMEOUT_NANOS);
    }

    /** Nearly every delivery: acknowledged, in order, long before its deadline; another one takes its place. */
    @Benchmark
    @OperationsPerInvocation(DELIVERIES)
    public long cancelAndSchedule() {
        for (int i = 0; i < DELIVERIES; i++) {
            Delivery next = settled[oldest];
            oldest = oldest + 1 == inFlight ? 0 : oldest + 1;
            settledWheel.cancel(next);
            deliver(next);
        }
        return settledNanos;
    }

    /** A consumer that acknowledges nothing: a tick in which so many deadlines pass, each followed by another. */
    @Benchmark
    @OperationsPerInvocation(DELIVERIES)
    public int advanceAndSchedule() {
        expiringNanos += TICK_NANOS;
        int fired = expiringWheel.advance(expiringNanos, deliverAgain);
        if (fired != DELIVERIES) {
            throw new IllegalStateException(fired + " deadlines passed in a tick, not " + DELIVERIES);
        }
        return fired;
    }

    /** Each comes back when all others have had their turn. */
    private void deliverAgain(Delivery delivery) {
        long round = inFlight / DELIVERIES * TICK_NANOS;
        expiringWheel.schedule(delivery, delivery.deadlineNanos + round);
    }
}
