package io.blipmq.daemon;

import io.blipmq.broker.SubscriptionInfo;
import io.blipmq.config.ConfigException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

/** {@code blipmqd subscriptions list}. Owned by the main thread. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Lists the durable subscriptions of a stopped daemon with their backlogs.",
            "Shows id, QoS, backlog, unacknowledged deliveries, age",
            "of the oldest message, name and topic; with --json, one line per subscription.",
            "Opens the log as a start does, so one without a clean end is recovered, and",
            "ends it cleanly."
        },
        footer = {"", "Exit status: 0, or 1 when the log cannot be opened."})
final class SubscriptionsListCommand extends OfflineCommand {
    @Override
    int run() throws IOException, ConfigException {
        List<SubscriptionInfo> subscriptions;
        try (OfflineBroker broker =
                OfflineBroker.open(location().settings(), location().directory())) {
            subscriptions = broker.subscriptions();
        }
        if (!isJson()) {
            out().printf(
                            "%20s %4s %12s %10s %14s  %-20s  %s%n",
                            "id", "qos", "backlog", "unacked", "oldest", "name", "topic");
        }
        for (SubscriptionInfo subscription : subscriptions) {
            print(subscription);
        }
        return ExitStatus.OK;
    }

    private void print(SubscriptionInfo subscription) throws IOException {
        if (isJson()) {
            Json.line(out(), json -> {
                json.writeNumberField("id", subscription.id());
                json.writeStringField("name", subscription.name());
                json.writeStringField("topic", subscription.topic());
                json.writeNumberField("qos", subscription.qos());
                json.writeNumberField("backlog", subscription.backlog());
                json.writeNumberField(
                        "unacknowledged", subscription.deliveries().unsettled());
                if (subscription.oldestAgeMillis() != SubscriptionInfo.NO_MESSAGE) {
                    json.writeNumberField("oldest_age_ms", subscription.oldestAgeMillis());
                }
                json.writeBooleanField("dead_letters", subscription.deadLetters());
            });
            return;
        }
        out().printf(
                        "%20d %4d %12d %10d %14s  %-20s  %s%n",
                        subscription.id(),
                        subscription.qos(),
                        subscription.backlog(),
                        subscription.deliveries().unsettled(),
                        age(subscription.oldestAgeMillis()),
                        subscription.name().isEmpty() ? "-" : subscription.name(),
                        subscription.topic());
    }

    private static String age(long millis) {
        return millis == SubscriptionInfo.NO_MESSAGE
                ? "-"
                : Duration.ofSeconds(millis / 1000).toString().substring(2).toLowerCase(Locale.ROOT);
    }
}
