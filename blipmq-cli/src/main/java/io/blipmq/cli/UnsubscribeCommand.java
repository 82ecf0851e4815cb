package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.RefusedException;
import io.blipmq.client.SubscriptionInfo;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq unsubscribe}. */
@Command(
        name = "unsubscribe",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Deletes a durable subscription with all its messages.",
            "",
            "A subscription that is attached is not deleted. The id, from blipmq subs, also selects one "
                    + "without a name: of version 1, or of dead letters.",
            ""
        })
final class UnsubscribeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Parameters(paramLabel = "SUB", description = "The subscription's name, or its id.")
    private String subscription;

    @Override
    public Integer call() throws IOException {
        try (BlipClient client = blipmq.connect(spec)) {
            SubscriptionInfo found = Lookup.subscription(client, subscription);
            delete(client, found);
            print(found);
        }
        return 0;
    }

    private static void delete(BlipClient client, SubscriptionInfo found) throws IOException {
        try {
            client.admin().delete(found.id());
        } catch (RefusedException e) {
            if (!found.attached()) {
                throw e;
            }
            throw new IOException(e.getMessage() + ": " + SubscriptionPrinter.attached(found), e);
        }
    }

    private void print(SubscriptionInfo deleted) throws IOException {
        if (blipmq.isJson()) {
            new JsonLines(blipmq.terminal().output()).line(json -> {
                json.writeNumberField("id", deleted.id());
                json.writeStringField("name", deleted.name());
                json.writeStringField("topic", deleted.topic());
                json.writeNumberField("dropped", deleted.backlog());
            });
        } else {
            blipmq.print("deleted subscription " + Long.toUnsignedString(deleted.id())
                    + (deleted.name().isEmpty() ? "" : " " + Printable.of(deleted.name())) + " to "
                    + Printable.of(deleted.topic()) + ", " + deleted.backlog() + " messages dropped\n");
        }
    }
}
