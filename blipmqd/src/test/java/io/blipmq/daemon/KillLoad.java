package io.blipmq.daemon;

import io.blipmq.daemon.v1.BlipClient;
import io.blipmq.daemon.v1.Delivery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Publishers and a consumer that keep a daemon busy until it is killed under them. Owned by the test's thread. */
final class KillLoad {
    private static final int BURST_MAX = 200;
    private static final int POLLS_MAX = 64;
    private static final int LARGE_FILLER_BYTES_MAX = 60_000;
    private static final int LARGE_ONE_IN = 200;

    private final DaemonProcess daemon;
    private final Ledger ledger;
    private final AtomicInteger sentUntilKill;
    private final int fillerBytesMax;
    private final CountDownLatch killNow = new CountDownLatch(1);
    private volatile boolean killed;

    /**
     * @param sentMax the daemon is killed when about this many messages have been sent
     * @param fillerBytesMax about the size of a message, but for a few that are large
     */
    KillLoad(DaemonProcess daemon, Ledger ledger, int sentMax, int fillerBytesMax) {
        this.daemon = daemon;
        this.ledger = ledger;
        this.sentUntilKill = new AtomicInteger(sentMax);
        this.fillerBytesMax = fillerBytesMax;
    }

    /**
     * Runs the load until the daemon dies of itself, or kills it when it does not.
     *
     * @return whether it died of itself
     */
    boolean runUntilDeath(Subscriber subscriber, int publishers, Random random) throws Exception {
        killed = true;
        runAndKill(subscriber, publishers, random);
        return sentUntilKill.get() > 0;
    }

    /** Runs the load and kills the daemon in the middle of it. */
    void runAndKill(Subscriber subscriber, int publishers, Random random) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<Void>> ends = new ArrayList<>();
            for (int publisher = 0; publisher < publishers; publisher++) {
                int number = publisher;
                Random own = new Random(random.nextLong());
                ends.add(threads.submit(untilKilled(() -> publish(number, own))));
            }
            Random consumers = new Random(random.nextLong());
            ends.add(threads.submit(untilKilled(() -> consume(subscriber, consumers))));
            if (!killNow.await(60, TimeUnit.SECONDS)) {
                throw new AssertionError("the load did not get going:\n" + daemon.output());
            }
            killed = true;
            daemon.kill9();
            for (Future<Void> end : ends) {
                end.get(60, TimeUnit.SECONDS);
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause().getMessage(), e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    /** A lost connection is what the kill does; before it, it is a failure, and so the kill comes at once. */
    private Callable<Void> untilKilled(Work work) {
        return () -> {
            try {
                work.run();
            } catch (IOException e) {
                if (!killed) {
                    throw e;
                }
            } finally {
                killNow.countDown();
            }
            return null;
        };
    }

    private void publish(int publisher, Random random) throws IOException {
        try (BlipClient client = daemon.connect()) {
            while (true) {
                List<Ledger.Sent> burst = new ArrayList<>();
                int size = 1 + random.nextInt(BURST_MAX);
                for (int i = 0; i < size; i++) {
                    int topic = random.nextInt(ledger.topics().size());
                    Ledger.Sent message = ledger.nextMessage(publisher, topic, fillerBytes(random));
                    client.publish(ledger.topics().get(topic), message.payload(), 1);
                    burst.add(message);
                    if (sentUntilKill.decrementAndGet() == 0) {
                        killNow.countDown();
                    }
                }
                client.ping();
                ledger.onConfirmed(burst);
            }
        }
    }

    private int fillerBytes(Random random) {
        return random.nextInt(random.nextInt(LARGE_ONE_IN) == 0 ? LARGE_FILLER_BYTES_MAX : fillerBytesMax);
    }

    private void consume(Subscriber subscriber, Random random) throws IOException {
        while (true) {
            for (int topic = 0; topic < ledger.topics().size(); topic++) {
                subscriber.readSome(topic, POLLS_MAX, () -> random.nextInt(4) > 0);
            }
        }
    }

    /** A connection with a durable subscription to each topic. Owned by one thread at a time. */
    static final class Subscriber implements AutoCloseable {
        private static final int BATCH_MAX = 4096;

        private final BlipClient client;
        private final Ledger ledger;
        private final List<Long> ids = new ArrayList<>();

        /** @param endedCleanly whether the daemon before this one did */
        Subscriber(DaemonProcess daemon, Ledger ledger, boolean endedCleanly) throws IOException {
            this.client = daemon.connect();
            this.ledger = ledger;
            for (String topic : ledger.topics()) {
                ids.add(client.subscribe(topic, 1));
            }
            ledger.beginReading(endedCleanly);
        }

        List<Long> ids() {
            return ids;
        }

        /** Reads all there is, and acknowledges what it is told to. */
        void readAll(Choice acknowledged) throws IOException {
            for (int topic = 0; topic < ids.size(); topic++) {
                int count = BATCH_MAX;
                while (count > 0) {
                    count = readSome(topic, BATCH_MAX, acknowledged);
                }
            }
        }

        private int readSome(int topic, int max, Choice acknowledged) throws IOException {
            long id = ids.get(topic);
            List<Delivery> deliveries = client.poll(id, max);
            for (Delivery delivery : deliveries) {
                Ledger.Sent message = ledger.onDelivered(delivery);
                if (acknowledged.next()) {
                    ledger.onAcknowledged(message);
                    client.ack(id, delivery.deliveryTag());
                }
            }
            return deliveries.size();
        }

        /** Everything sent before has taken effect. */
        void ping() throws IOException {
            client.ping();
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }

    /** Whether to do it this time. */
    interface Choice {
        boolean next();
    }
}
