package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.broker.journal.StoredMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineWheelTest {
    private static final long TICK_NANOS = 1L << 23;

    /** Against a plain list: nothing fires early, nothing later than a tick after its deadline, nothing cancelled. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everyDeadlineFiresOnceAndInTime(long seed) {
        Random random = new Random(seed);
        long start = random.nextLong() >> 2;
        DeadlineWheel wheel = new DeadlineWheel(start, BrokerLimits.defaults());
        List<Delivery> waiting = new ArrayList<>();
        long now = start;
        for (int step = 0; step < 20_000; step++) {
            int action = random.nextInt(10);
            if (action < 6) {
                Delivery delivery = new Delivery(null, new StoredMessage());
                wheel.schedule(delivery, now + 1 + (long) (random.nextDouble() * TimeUnit.SECONDS.toNanos(90)));
                waiting.add(delivery);
            } else if (action < 8 && !waiting.isEmpty()) {
                wheel.cancel(waiting.remove(random.nextInt(waiting.size())));
            } else {
                now += (long) (random.nextDouble() * (action == 8 ? TICK_NANOS : TimeUnit.SECONDS.toNanos(3)));
                if (random.nextInt(500) == 0) {
                    now += TimeUnit.MINUTES.toNanos(2);
                }
                List<Delivery> fired = new ArrayList<>();
                wheel.advance(now, fired::add);
                assertThat(waiting).containsAll(fired);
                waiting.removeAll(fired);
                for (Delivery delivery : fired) {
                    assertThat(delivery.deadlineNanos - now).isNotPositive();
                }
                for (Delivery delivery : waiting) {
                    assertThat(delivery.deadlineNanos - now).isGreaterThan(-2 * TICK_NANOS);
                }
            }
        }
    }
}
