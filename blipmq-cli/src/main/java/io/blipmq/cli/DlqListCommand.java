package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.SubscriptionInfo;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq dlq list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {"Lists the topics with dead letters, and how many each has.", ""})
final class DlqListCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private DlqCommand dlq;

    @Override
    public Integer call() throws IOException {
        try (BlipClient client = dlq.blipmq().connect(spec)) {
            SubscriptionPrinter.print(
                    dlq.blipmq(),
                    client.admin().subscriptions().stream()
                            .filter(SubscriptionInfo::deadLetters)
                            .toList());
        }
        return 0;
    }
}
