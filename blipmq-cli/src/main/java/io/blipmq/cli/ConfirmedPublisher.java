package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.BlipException;
import io.blipmq.client.Confirm;
import io.blipmq.client.Message;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Owned by the main thread. Publishes and knows how many messages, counted from the first, the broker has confirmed. */
final class ConfirmedPublisher {
    private final BlipClient client;
    private final Deque<CompletableFuture<Confirm>> unconfirmed = new ArrayDeque<>();
    private long publishedCount;
    private long confirmedCount;
    private long unreachingCount;
    private long duplicateCount;

    ConfirmedPublisher(BlipClient client) {
        this.client = client;
    }

    void publish(Message message) {
        publishedCount++;
        unconfirmed.add(client.publishAsync(message));
        while (!unconfirmed.isEmpty() && unconfirmed.peek().isDone()) {
            confirmOldest();
        }
    }

    /** Waits until the broker has confirmed everything published. */
    void confirm() {
        while (!unconfirmed.isEmpty()) {
            confirmOldest();
        }
    }

    private void confirmOldest() {
        Confirm confirm = awaitOldest();
        unconfirmed.poll();
        confirmedCount++;
        if (confirm.subscriptions() == 0) {
            unreachingCount++;
        }
        if (confirm.isDuplicate()) {
            duplicateCount++;
        }
    }

    private Confirm awaitOldest() {
        try {
            return unconfirmed.peek().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof BlipException failure ? failure : e;
        }
    }

    long publishedCount() {
        return publishedCount;
    }

    /** All messages up to this one are confirmed. After a failure, later ones may be stored as well. */
    long confirmedCount() {
        return confirmedCount;
    }

    /** How many of the confirmed reached no subscription. */
    long unreachingCount() {
        return unreachingCount;
    }

    /** How many of the confirmed had been stored before, under their ids. */
    long duplicateCount() {
        return duplicateCount;
    }
}
