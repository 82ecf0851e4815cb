package io.blipmq.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class OwnerThreadTest {
    private final Broker broker = new TestBroker().broker();

    @Test
    void onlyTheThreadThatHasAdoptedTheCoreIsServed() throws InterruptedException {
        broker.doWork(1);
        assertThat(failureOfAnother(() -> broker.doWork(2))).isInstanceOf(AssertionError.class);
        assertThat(failureOfAnother(broker::publishing)).isInstanceOf(AssertionError.class);
        assertThat(failureOfAnother(broker::endTurn)).isInstanceOf(AssertionError.class);

        assertThat(failureOfAnother(() -> {
                    broker.adopt();
                    broker.doWork(3);
                }))
                .isNull();

        assertThatThrownBy(broker::publishing).hasMessageContaining("belongs to another thread");
        broker.adopt();
        broker.publishing();
    }

    @Test
    void everyThreadMayPostTasksAndReadCounters() throws InterruptedException {
        broker.doWork(1);
        assertThat(failureOfAnother(() -> {
                    broker.mailbox().post(() -> {});
                    broker.counters();
                }))
                .isNull();
    }

    private static Throwable failureOfAnother(Runnable work) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(work);
        thread.setUncaughtExceptionHandler((ended, thrown) -> failure.set(thrown));
        thread.start();
        thread.join();
        return failure.get();
    }
}
