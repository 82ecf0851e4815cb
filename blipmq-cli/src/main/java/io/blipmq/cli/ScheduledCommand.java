package io.blipmq.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq scheduled}, which has commands of its own. */
@Command(
        name = "scheduled",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        subcommands = {ScheduledListCommand.class, ScheduledCancelCommand.class},
        description = {"Shows messages that are to be delivered later, or cancels them.", ""})
final class ScheduledCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "give a command: list or cancel");
    }

    BlipCommand blipmq() {
        return blipmq;
    }
}
