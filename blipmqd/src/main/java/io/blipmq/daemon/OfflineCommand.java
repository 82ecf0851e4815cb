package io.blipmq.daemon;

import io.blipmq.config.ConfigException;
import io.blipmq.wal.StorageFailedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands on a stopped daemon's log have in common. Owned by the main thread. */
abstract class OfflineCommand implements Callable<Integer> {
    @Mixin
    private LogLocation location;

    @Option(names = "--json", description = "Print JSON instead of text.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    /** @return the exit status */
    abstract int run() throws IOException, ConfigException;

    @Override
    public final Integer call() {
        try {
            return run();
        } catch (ConfigException e) {
            int status = fail(e, ExitStatus.USAGE);
            DaemonCommand.printWarnings(err(), e.warnings());
            return status;
        } catch (IOException | StorageFailedException e) {
            return fail(e, ExitStatus.FAILED);
        } finally {
            out().flush();
        }
    }

    private int fail(Exception e, int status) {
        spec.commandLine().getErr().println(e.getMessage() == null ? e.toString() : e.getMessage());
        return status;
    }

    LogLocation location() {
        return location;
    }

    boolean isJson() {
        return json;
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
