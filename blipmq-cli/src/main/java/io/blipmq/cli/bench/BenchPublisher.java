package io.blipmq.cli.bench;

import io.blipmq.client.BlipClient;
import io.blipmq.client.Message;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * Owned by its thread. Publishes to one topic after another.
 *
 * <p>At a fixed rate each message has a time at which it is due, and latency counts from then on: when the broker or this
 * program falls behind, the wait of those that should have been sent meanwhile is in the figures, too.
 */
final class BenchPublisher implements Runnable {
    private final BenchPlan plan;
    private final int number;
    private final Tally tally;
    private final Semaphore window;
    private final long[] sentToTopic;
    private final long share;

    BenchPublisher(BenchPlan plan, int number, Tally tally) {
        this.plan = plan;
        this.number = number;
        this.tally = tally;
        this.window = new Semaphore(plan.window());
        this.sentToTopic = new long[plan.topics()];
        this.share = plan.messages() / plan.publishers() + (number < plan.messages() % plan.publishers() ? 1 : 0);
    }

    @Override
    public void run() {
        try (BlipClient client = plan.connect().get()) {
            publish(client);
            window.acquireUninterruptibly(plan.window());
        } catch (RuntimeException e) {
            tally.onFailure("publisher " + number + ": " + e.getMessage());
        }
    }

    private void publish(BlipClient client) {
        double perNano = plan.ratePerSecond() / plan.publishers() / 1e9;
        long start = System.nanoTime();
        long end = start + (long) (plan.seconds() * 1e9);
        for (long i = 0; i < share; i++) {
            long due = perNano == 0 ? 0 : start + (long) (i / perNano);
            if ((perNano == 0 ? System.nanoTime() : due) - end >= 0) {
                return;
            }
            waitUntil(due, perNano);
            window.acquireUninterruptibly();
            send(client, (int) (i % plan.topics()), perNano == 0 ? System.nanoTime() : due);
        }
    }

    private static void waitUntil(long dueNanos, double perNano) {
        if (perNano != 0) {
            for (long left = dueNanos - System.nanoTime(); left > 0; left = dueNanos - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }

    private void send(BlipClient client, int topic, long dueNanos) {
        byte[] body = Payload.of(number, sentToTopic[topic]++, dueNanos, plan.messageBytes());
        tally.published.increment();
        client.publishAsync(Message.of(plan.topicName(topic), body).withQos(plan.qos()))
                .whenComplete((confirm, failure) -> {
                    if (failure == null) {
                        tally.onConfirmed(System.nanoTime() - dueNanos);
                    } else {
                        tally.refused.increment();
                        tally.onFailure(failure.getMessage());
                    }
                    window.release();
                });
    }
}
