package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.DeadLetterOutcome;
import io.blipmq.client.SubscriptionInfo;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq dlq purge}. */
@Command(
        name = "purge",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {"Drops dead letters for good.", ""})
final class DlqPurgeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private DlqCommand dlq;

    @Mixin
    private LetterChoice choice;

    @Override
    public Integer call() throws IOException {
        choice.requireValid(spec);
        try (BlipClient client = dlq.blipmq().connect(spec)) {
            Optional<SubscriptionInfo> letters = Lookup.deadLetters(client, choice.topic());
            if (letters.isEmpty()) {
                return LetterReport.printNone(dlq.blipmq(), "purged", choice.topic());
            }
            DeadLetterOutcome outcome = client.admin().purge(letters.get().id(), choice.selection(client));
            return LetterReport.print(dlq.blipmq(), "purged", outcome);
        }
    }
}
