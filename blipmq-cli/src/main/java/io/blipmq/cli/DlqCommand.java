package io.blipmq.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq dlq}, which has commands of its own. */
@Command(
        name = "dlq",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        subcommands = {DlqListCommand.class, DlqShowCommand.class, DlqRedriveCommand.class, DlqPurgeCommand.class},
        description = {"Shows dead letters, returns them to the subscriptions in which they failed, or drops them.", ""
        })
final class DlqCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "give a command: list, show, redrive or purge");
    }

    BlipCommand blipmq() {
        return blipmq;
    }
}
