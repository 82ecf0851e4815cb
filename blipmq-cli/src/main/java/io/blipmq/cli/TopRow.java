package io.blipmq.cli;

import io.blipmq.client.SubscriptionInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * A line of {@code blipmq top}: one subscription, or all of a topic. Immutable.
 *
 * @param change messages in a second; empty when it is not known
 * @param subscription null for a topic
 * @param count how many subscriptions it stands for
 */
record TopRow(
        String topic,
        long backlog,
        OptionalDouble change,
        long inFlight,
        long delayed,
        Optional<Duration> oldest,
        SubscriptionInfo subscription,
        int count) {
    /** One for each subscription, in no order. */
    static List<TopRow> ofSubscriptions(TopSample before, TopSample now) {
        return now.subscriptions().values().stream()
                .map(subscription -> new TopRow(
                        subscription.topic(),
                        subscription.backlog(),
                        now.change(before, subscription),
                        subscription.inFlight(),
                        subscription.delayed(),
                        subscription.oldestAge(),
                        subscription,
                        1))
                .toList();
    }

    /** One for each topic, in no order. */
    static List<TopRow> ofTopics(TopSample before, TopSample now) {
        Map<String, TopRow> rows = new LinkedHashMap<>();
        for (TopRow row : ofSubscriptions(before, now)) {
            rows.merge(row.topic, row, TopRow::and);
        }
        return new ArrayList<>(rows.values());
    }

    private TopRow and(TopRow other) {
        boolean known = change.isPresent() && other.change.isPresent();
        return new TopRow(
                topic,
                backlog + other.backlog,
                known ? OptionalDouble.of(change.getAsDouble() + other.change.getAsDouble()) : OptionalDouble.empty(),
                inFlight + other.inFlight,
                delayed + other.delayed,
                later(oldest, other.oldest),
                null,
                count + other.count);
    }

    private static Optional<Duration> later(Optional<Duration> one, Optional<Duration> other) {
        Function<Duration, Duration> longer =
                age -> one.filter(first -> first.compareTo(age) > 0).orElse(age);
        return other.isPresent() ? other.map(longer) : one;
    }

    /** The subscription's name; empty when it has none. */
    String name() {
        return subscription == null ? "" : subscription.name();
    }

    long id() {
        return subscription == null ? 0 : subscription.id();
    }
}
