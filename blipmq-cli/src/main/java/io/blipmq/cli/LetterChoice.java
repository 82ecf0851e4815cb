package io.blipmq.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Owned by the main thread. Which dead letters are meant. */
final class LetterChoice {
    @Parameters(paramLabel = "TOPIC", description = "The topic whose letters they are, or the id from dlq list.")
    private String topic;

    @Option(names = "--count", paramLabel = "N", description = "At most N letters, oldest first.")
    private Long count;

    @Option(names = "--tag", paramLabel = "TAG", description = "Only the letter with this tag.")
    private Long tag;

    @Option(names = "--all", description = "All there are.")
    private boolean all;

    String topic() {
        return topic;
    }

    Long tag() {
        return tag;
    }

    long count() {
        return count == null ? Long.MAX_VALUE : count;
    }

    void requireValid(CommandSpec caller) {
        int chosen = (count == null ? 0 : 1) + (tag == null ? 0 : 1) + (all ? 1 : 0);
        if (chosen != 1 || count != null && count < 1) {
            throw new ParameterException(caller.commandLine(), "say which: --count N, --tag TAG or --all");
        }
    }
}
