package io.blipmq.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq completion}. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {"Prints a completion script for bash and zsh: source <(blipmq completion)", ""})
final class CompletionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Override
    public Integer call() throws IOException {
        blipmq.print(AutoComplete.bash("blipmq", spec.root().commandLine()));
        return 0;
    }
}
