package io.blipmq.daemon;

import picocli.CommandLine;

/** The process: runs the command line and ends with its status. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        int status = commandLine().execute(args);
        System.exit(status);
    }

    static CommandLine commandLine() {
        return new CommandLine(new DaemonCommand(status -> System.exit(status)))
                .setExitCodeExceptionMapper(exception -> ExitStatus.FAILED);
    }
}
