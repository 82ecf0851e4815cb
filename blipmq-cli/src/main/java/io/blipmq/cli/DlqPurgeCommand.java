package io.blipmq.cli;

import io.blipmq.client.BlipAdmin;
import io.blipmq.client.BlipClient;
import java.io.IOException;
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
            BlipAdmin admin = client.admin();
            long id = Lookup.deadLetters(client, choice.topic()).orElseThrow().id();
            long purged = choice.tag() != null
                    ? (admin.purgeOne(id, choice.tag()) ? 1 : 0)
                    : Batches.run(choice.count(), 0, count -> admin.purge(id, count));
            dlq.blipmq().printCount("purged", purged);
        }
        return 0;
    }
}
