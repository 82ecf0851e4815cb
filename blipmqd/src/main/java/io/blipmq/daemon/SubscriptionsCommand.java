package io.blipmq.daemon;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code blipmqd subscriptions}: the durable subscriptions of a daemon that does not run. Owned by the main thread. */
@Command(
        name = "subscriptions",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Lists the durable subscriptions of a stopped daemon, or drops one.",
        subcommands = {SubscriptionsListCommand.class, SubscriptionsDropCommand.class})
final class SubscriptionsCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing required subcommand");
    }
}
