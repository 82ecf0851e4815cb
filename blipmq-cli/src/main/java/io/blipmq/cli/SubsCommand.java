package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq subs}. */
@Command(
        name = "subs",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Lists the key's subscriptions with their backlog and the attached client.",
            "",
            SubscriptionPrinter.COUNTS,
            ""
        })
final class SubsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Override
    public Integer call() throws IOException {
        try (BlipClient client = blipmq.connect(spec)) {
            SubscriptionPrinter.print(blipmq, client.admin().subscriptions());
        }
        return 0;
    }
}
