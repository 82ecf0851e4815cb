package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.SubscriptionInfo;
import java.util.List;
import java.util.function.Predicate;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Finds the subscription that an argument names. Stateless. */
final class Lookup {
    private static final String DEAD_LETTER_PREFIX = "$dead-letter/";

    private Lookup() {}

    /** By its name, or else by its id. */
    static SubscriptionInfo subscription(BlipClient client, CommandSpec caller, String argument) {
        List<SubscriptionInfo> all = client.admin().subscriptions();
        SubscriptionInfo found = find(all, subscription -> subscription.name().equals(argument));
        if (found == null) {
            found = find(all, subscription -> isId(subscription, argument));
        }
        return require(found, caller, "no subscription has the name or the id '" + Printable.of(argument) + "'");
    }

    /** By the topic whose dead letters it holds, with the prefix or without, or else by its id. */
    static SubscriptionInfo deadLetters(BlipClient client, CommandSpec caller, String argument) {
        List<SubscriptionInfo> all = client.admin().subscriptions().stream()
                .filter(SubscriptionInfo::deadLetters)
                .toList();
        String topic = argument.startsWith(DEAD_LETTER_PREFIX) ? argument : DEAD_LETTER_PREFIX + argument;
        SubscriptionInfo found = find(all, subscription -> subscription.topic().equals(topic));
        if (found == null) {
            found = find(all, subscription -> isId(subscription, argument));
        }
        return require(found, caller, "there are no dead letters of the topic '" + Printable.of(argument) + "'");
    }

    private static boolean isId(SubscriptionInfo subscription, String argument) {
        return Long.toUnsignedString(subscription.id()).equals(argument);
    }

    private static SubscriptionInfo find(List<SubscriptionInfo> all, Predicate<SubscriptionInfo> wanted) {
        return all.stream().filter(wanted).findFirst().orElse(null);
    }

    private static SubscriptionInfo require(SubscriptionInfo found, CommandSpec caller, String otherwise) {
        if (found == null) {
            throw new ParameterException(caller.commandLine(), otherwise);
        }
        return found;
    }
}
