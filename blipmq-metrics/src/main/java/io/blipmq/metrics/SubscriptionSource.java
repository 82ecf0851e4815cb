package io.blipmq.metrics;

import io.blipmq.broker.SubscriptionInfo;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where the list of subscriptions comes from. Thread-safe: the question goes to the core by its mailbox. */
@FunctionalInterface
public interface SubscriptionSource {
    /** Asks for up to {@code countMax} subscriptions; the core completes the answer. */
    CompletableFuture<List<SubscriptionInfo>> list(int countMax);
}
