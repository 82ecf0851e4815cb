package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.SubscriptionInfo;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds the subscription that an argument names. Stateless. */
final class Lookup {
    static final String DEAD_LETTER_PREFIX = "$dead-letter/";

    private Lookup() {}

    /** By its name, or else by its id. */
    static SubscriptionInfo subscription(BlipClient client, String argument) throws IOException {
        Optional<SubscriptionInfo> named = client.admin().subscription(argument);
        return named.or(() -> withId(client, argument))
                .orElseThrow(() ->
                        new IOException("no subscription has the name or the id '" + Printable.of(argument) + "'"));
    }

    /** The id of a subscription that may be gone: then only the id finds it. */
    static long origin(BlipClient client, String argument) throws IOException {
        Optional<SubscriptionInfo> named = client.admin().subscription(argument);
        try {
            return named.isPresent() ? named.get().id() : Long.parseUnsignedLong(argument);
        } catch (NumberFormatException e) {
            throw new IOException("no subscription has the name '" + Printable.of(argument)
                    + "'; give one that no longer exists by its id, from dlq show");
        }
    }

    private static Optional<SubscriptionInfo> withId(BlipClient client, String argument) {
        try {
            return client.admin().subscription(Long.parseUnsignedLong(argument));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** By the topic whose dead letters it holds, with the prefix or without, or else by its id. */
    static Optional<SubscriptionInfo> deadLetters(BlipClient client, String argument) {
        List<SubscriptionInfo> all = client.admin().subscriptions().stream()
                .filter(SubscriptionInfo::deadLetters)
                .toList();
        String topic = argument.startsWith(DEAD_LETTER_PREFIX) ? argument : DEAD_LETTER_PREFIX + argument;
        return find(all, subscription -> subscription.topic().equals(topic))
                .or(() -> find(all, subscription -> isId(subscription, argument)));
    }

    private static boolean isId(SubscriptionInfo subscription, String argument) {
        return Long.toUnsignedString(subscription.id()).equals(argument);
    }

    private static Optional<SubscriptionInfo> find(List<SubscriptionInfo> all, Predicate<SubscriptionInfo> wanted) {
        return all.stream().filter(wanted).findFirst();
    }
}
