package io.blipmq.cli.bench;

import io.blipmq.client.BlipClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Owned by the thread that runs it. One run: subscribes, publishes, waits for the rest, and counts. */
public final class Bench {
    /** Without any delivery, until what is missing counts as lost. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** What all subscriptions together may hold: a fraction of the command's heap. Each has room for a batch or two. */
    private static final long CREDIT_BYTES_TOTAL = 64L << 20;

    private static final long CREDIT_BYTES_MIN = 128 << 10;
    private static final long TICK_MILLIS = 100;

    private final BenchPlan plan;
    private final Consumer<String> progress;
    private final Tally tally = new Tally();
    private final List<Long> perSecond = new ArrayList<>();
    private long startNanos;
    private long countedBefore;

    /** @param progress is told how it goes, once a second */
    public Bench(BenchPlan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    public BenchResult run() throws InterruptedException {
        List<BlipClient> subscribers = new ArrayList<>();
        try {
            subscribe(subscribers);
            startNanos = System.nanoTime();
            CountDownLatch ended = startPublishers();
            while (!ended.await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                tick();
            }
            long confirmedNanos = System.nanoTime();
            awaitDeliveries();
            long end =
                    plan.subscribers() == 0 ? confirmedNanos : Math.max(confirmedNanos, tally.lastDeliveryNanos.get());
            return result((end - startNanos) / 1e9);
        } finally {
            subscribers.forEach(BlipClient::close);
        }
    }

    private void subscribe(List<BlipClient> clients) {
        long subscriptions = Math.max(1, (long) plan.subscribers() * plan.topics());
        long creditBytes = Math.max(CREDIT_BYTES_MIN, CREDIT_BYTES_TOTAL / subscriptions);
        for (int i = 0; i < plan.subscribers(); i++) {
            BlipClient client = plan.connect().get();
            clients.add(client);
            for (int topic = 0; topic < plan.topics(); topic++) {
                BenchSubscriber subscriber = new BenchSubscriber(plan, tally);
                client.subscribe(plan.topicName(topic))
                        .qos(plan.qos())
                        .credit(4096)
                        .creditBytes(creditBytes)
                        .handle(subscriber::onDelivery);
            }
        }
    }

    private CountDownLatch startPublishers() {
        CountDownLatch ended = new CountDownLatch(plan.publishers());
        for (int i = 0; i < plan.publishers(); i++) {
            BenchPublisher publisher = new BenchPublisher(plan, i, tally);
            Thread thread = new Thread(
                    () -> {
                        publisher.run();
                        ended.countDown();
                    },
                    "bench-publisher-" + i);
            thread.setDaemon(true);
            thread.start();
        }
        return ended;
    }

    /** At QoS 0 a moment of silence is the end; at QoS 1 what is confirmed has to come. */
    private void awaitDeliveries() throws InterruptedException {
        long patience = plan.qos() == 0 ? PATIENCE_NANOS / 20 : PATIENCE_NANOS;
        long since = System.nanoTime();
        long before = tally.delivered.sum();
        CountDownLatch never = new CountDownLatch(1);
        while (tally.delivered.sum() < expected() && System.nanoTime() - since < patience) {
            never.await(TICK_MILLIS / 10, TimeUnit.MILLISECONDS);
            tick();
            if (tally.delivered.sum() != before) {
                before = tally.delivered.sum();
                since = System.nanoTime();
            }
        }
    }

    private long expected() {
        return tally.confirmed.sum() * plan.subscribers();
    }

    /** Closes the seconds that have passed. */
    private void tick() {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        while (perSecond.size() + 1 <= seconds) {
            long counted = plan.subscribers() == 0 ? tally.confirmed.sum() : tally.delivered.sum();
            perSecond.add(counted - countedBefore);
            countedBefore = counted;
            progress.accept(perSecond.size() + " s: published " + tally.published.sum() + ", confirmed "
                    + tally.confirmed.sum() + ", delivered " + tally.delivered.sum() + ", "
                    + perSecond.get(perSecond.size() - 1) + "/s");
        }
    }

    private BenchResult result(double seconds) {
        return new BenchResult(
                seconds,
                tally.published.sum(),
                tally.confirmed.sum(),
                tally.refused.sum(),
                expected(),
                tally.delivered.sum(),
                tally.duplicated.sum(),
                tally.reordered.sum(),
                tally.confirmLatency(),
                tally.deliveryLatency(),
                List.copyOf(perSecond),
                tally.failures());
    }
}
