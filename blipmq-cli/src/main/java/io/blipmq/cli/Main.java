package io.blipmq.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Stateless. Where the {@code blipmq} command starts. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        // Standard output belongs to what the command prints: the client's log goes nowhere, even in the daemon's class
        // path.
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        PrintStream errors = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                errors,
                System.getenv());
        System.exit(run(terminal, args));
    }

    private static int run(Terminal terminal, String[] args) {
        try {
            return commandLine(terminal).execute(args);
        } catch (OutOfMemoryError e) {
            terminal.errors().println("blipmq: " + outOfMemory(e));
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private static String outOfMemory(Throwable e) {
        return "out of memory (" + e.getMessage() + "); for more, set BLIPMQ_CLI_JAVA_OPTS=-Xmx1g";
    }

    static CommandLine commandLine(Terminal terminal) {
        CommandLine commandLine = new CommandLine(new BlipCommand(terminal));
        commandLine.addSubcommand(new PubCommand());
        commandLine.addSubcommand(new SubCommand());
        commandLine.addSubcommand(new SubscribeCommand());
        commandLine.addSubcommand(new UnsubscribeCommand());
        commandLine.addSubcommand(new RequestCommand());
        commandLine.addSubcommand(new ReplyCommand());
        commandLine.addSubcommand(new PingCommand());
        commandLine.addSubcommand(new InfoCommand());
        commandLine.addSubcommand(new TopicsCommand());
        commandLine.addSubcommand(new SubsCommand());
        commandLine.addSubcommand(new ShowCommand());
        commandLine.addSubcommand(new TopCommand());
        commandLine.addSubcommand(new DlqCommand());
        commandLine.addSubcommand(new ScheduledCommand());
        commandLine.addSubcommand(new BenchCommand());
        commandLine.addSubcommand(new CompletionCommand());
        shareWithSubcommands(commandLine);
        commandLine.registerConverter(Double.class, new PlainNumber());
        commandLine.registerConverter(double.class, new PlainNumber());
        commandLine.setExpandAtFiles(false); // a message may begin with '@'
        commandLine.setOut(new PrintWriter(terminal.output(), true, StandardCharsets.UTF_8));
        commandLine.setErr(new PrintWriter(terminal.errors(), true, StandardCharsets.UTF_8));
        commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
        commandLine.setParameterExceptionHandler(Main::onUsageError);
        commandLine.setExecutionExceptionHandler(Main::onFailure);
        return commandLine;
    }

    private static void shareWithSubcommands(CommandLine commandLine) {
        UsageMessageSpec usage = commandLine.getCommandSpec().usageMessage();
        String version = "blipmq " + version();
        commandLine.getCommandSpec().version(version);
        for (CommandLine subcommand : commandLine.getSubcommands().values()) {
            CommandSpec spec = subcommand.getCommandSpec();
            spec.version(version);
            spec.usageMessage().exitCodeListHeading(usage.exitCodeListHeading());
            spec.usageMessage().exitCodeList(usage.exitCodeList());
            shareWithSubcommands(subcommand);
        }
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private static int onUsageError(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        command.getErr().println(name + ": " + oneLine(e.getMessage()) + " (see " + name + " --help)");
        return CommandLine.ExitCode.USAGE;
    }

    private static int onFailure(Exception e, CommandLine command, ParseResult parsed) {
        String why = e.getMessage() == null ? e.toString() : e.getMessage();
        if (e.getCause() instanceof OutOfMemoryError memory) {
            why = outOfMemory(memory);
        }
        command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + oneLine(why));
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
