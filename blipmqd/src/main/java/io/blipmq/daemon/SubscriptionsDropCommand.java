package io.blipmq.daemon;

import io.blipmq.broker.SubscriptionInfo;
import io.blipmq.config.ConfigException;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code blipmqd subscriptions drop}. Owned by the main thread. */
@Command(
        name = "drop",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Removes a durable subscription of a stopped daemon, with its backlog.",
            "Opens the log as a start does, so one without a clean end is recovered, and",
            "ends it cleanly."
        },
        footer = {"", "Exit status: 0 when it was dropped, 1 when it does not exist or could not be dropped."})
final class SubscriptionsDropCommand extends OfflineCommand {
    @Parameters(paramLabel = "ID", description = "As 'blipmqd subscriptions list' shows it.")
    private long id;

    @Override
    int run() throws IOException, ConfigException {
        try (OfflineBroker broker =
                OfflineBroker.open(location().settings(), location().directory())) {
            Optional<SubscriptionInfo> found = broker.subscriptions().stream()
                    .filter(subscription -> subscription.id() == id)
                    .findFirst();
            if (found.isEmpty()) {
                err().println("there is no subscription " + id + "; 'blipmqd subscriptions list' shows them");
                return ExitStatus.FAILED;
            }
            if (!broker.drop(id)) {
                err().println("the log has no room for the removal of subscription " + id
                        + ": free some disk space first");
                return ExitStatus.FAILED;
            }
            print(found.get());
            return ExitStatus.OK;
        }
    }

    private void print(SubscriptionInfo dropped) throws IOException {
        if (isJson()) {
            Json.line(out(), json -> {
                json.writeNumberField("dropped", dropped.id());
                json.writeStringField("topic", dropped.topic());
                json.writeNumberField("messages", dropped.backlog());
            });
        } else {
            out().printf(
                            "dropped subscription %d to %s with %d messages%n",
                            dropped.id(), dropped.topic(), dropped.backlog());
        }
    }
}
