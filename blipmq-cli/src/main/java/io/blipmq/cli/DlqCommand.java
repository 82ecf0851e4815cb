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
        description = {"Looks at dead letters, sends them back to the subscriptions they failed in, or drops them.", ""
        })
final class DlqCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do: list, show, redrive or purge");
    }

    BlipCommand blipmq() {
        return blipmq;
    }
}
