package io.blipmq.daemon;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code blipmqd wal}: the log of a daemon that does not run. Owned by the main thread. */
@Command(
        name = "wal",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Inspects or repairs the log of a stopped daemon.",
        subcommands = {WalVerifyCommand.class, WalDumpCommand.class, WalRepairCommand.class})
final class WalCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing required subcommand");
    }
}
