package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.SubscriptionInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What {@code blipmq top} has seen at one moment. Immutable.
 *
 * @param subscriptions those of the key, by id
 * @param metrics of the daemon, by name; empty when they are not known
 */
record TopSample(long nanos, Map<Long, SubscriptionInfo> subscriptions, Map<String, Double> metrics) {
    static TopSample take(BlipClient client, Map<String, Double> metrics) {
        return of(System.nanoTime(), client.admin().subscriptions(), metrics);
    }

    static TopSample of(long nanos, List<SubscriptionInfo> subscriptions, Map<String, Double> metrics) {
        Map<Long, SubscriptionInfo> byId = new HashMap<>();
        subscriptions.forEach(subscription -> byId.put(subscription.id(), subscription));
        return new TopSample(nanos, byId, metrics);
    }

    /** What a metric has grown by in a second since an earlier sample; empty when it is not in both. */
    OptionalDouble rate(TopSample before, String metric) {
        Double from = before.metrics.get(metric);
        Double to = metrics.get(metric);
        return from == null || to == null ? OptionalDouble.empty() : perSecond(before, to - from);
    }

    /** By how many messages in a second a subscription has grown since an earlier sample; empty when it is new. */
    OptionalDouble change(TopSample before, SubscriptionInfo subscription) {
        SubscriptionInfo earlier = before.subscriptions.get(subscription.id());
        return earlier == null ? OptionalDouble.empty() : perSecond(before, held(subscription) - held(earlier));
    }

    private OptionalDouble perSecond(TopSample before, double difference) {
        return nanos == before.nanos
                ? OptionalDouble.empty()
                : OptionalDouble.of(difference * 1e9 / (nanos - before.nanos));
    }

    /** All that it holds: what waits, and what was delivered and is not settled. */
    private static long held(SubscriptionInfo subscription) {
        return subscription.backlog() + subscription.inFlight() + subscription.moving();
    }
}
