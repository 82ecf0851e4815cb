package io.blipmq.daemon;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The process: runs the command line and ends with its status. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        int status = commandLine().execute(args);
        System.exit(status);
    }

    static CommandLine commandLine() {
        return new CommandLine(new DaemonCommand(status -> System.exit(status)))
                .setParameterExceptionHandler(Main::explain)
                .setExitCodeExceptionMapper(exception -> ExitStatus.FAILED);
    }

    /** What is wrong with the arguments, what was probably meant, and what there is. */
    private static int explain(ParameterException exception, String[] arguments) {
        CommandLine command = exception.getCommandLine();
        PrintWriter errors = command.getErr();
        errors.println(exception.getMessage());
        UnmatchedArgumentException.printSuggestions(exception, errors);
        command.usage(errors);
        return ExitStatus.USAGE;
    }
}
