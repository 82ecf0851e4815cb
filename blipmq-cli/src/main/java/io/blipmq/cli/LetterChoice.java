package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.DeadLetterSelection;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Owned by the main thread. Which dead letters are meant. */
final class LetterChoice {
    @Parameters(paramLabel = "TOPIC", description = "The topic of the letters, or the id from dlq list.")
    private String topic;

    @Option(names = "--count", paramLabel = "N", description = "At most N letters, oldest first.")
    private Long count;

    @Option(names = "--tag", paramLabel = "TAG", description = "Only the letter with this tag.")
    private Long tag;

    @Option(
            names = "--failed-in",
            paramLabel = "SUB",
            description = "Only letters that failed in this subscription: its name, or its id from dlq show.")
    private String origin;

    @Option(names = "--all", description = "All letters.")
    private boolean all;

    String topic() {
        return topic;
    }

    DeadLetterSelection selection(BlipClient client) throws IOException {
        DeadLetterSelection chosen = tag != null
                ? DeadLetterSelection.one(tag)
                : count == null ? DeadLetterSelection.all() : DeadLetterSelection.oldest(count);
        return origin == null ? chosen : chosen.failedIn(Lookup.origin(client, origin));
    }

    void requireValid(CommandSpec caller) {
        int chosen = (count == null ? 0 : 1) + (tag == null ? 0 : 1) + (all ? 1 : 0);
        if (chosen != 1 || count != null && count < 1) {
            throw new ParameterException(caller.commandLine(), "give --count N, --tag TAG or --all");
        }
    }
}
