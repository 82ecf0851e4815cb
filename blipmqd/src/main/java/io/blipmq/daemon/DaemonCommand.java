package io.blipmq.daemon;

import io.blipmq.config.ConfigException;
import io.blipmq.config.LoadedSettings;
import io.blipmq.config.SettingsLoader;
import io.blipmq.daemon.logging.LogLevel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code blipmqd}: runs the daemon until it is told to end. Owned by the main thread. */
@Command(
        name = "blipmqd",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Runs the BlipMQ message broker.",
        subcommands = {WalCommand.class, SubscriptionsCommand.class},
        footer = {
            "",
            "Every key of the configuration has an environment variable that overrides it, such as BLIPMQ_PORT;",
            "docs/configuration.md lists them. BLIPMQ_LOG sets the log level (error, warn, info, debug, trace).",
            "",
            "Exit status: 0 after a graceful shutdown by SIGTERM or SIGINT, 129 after one by",
            "SIGHUP, 1 when it cannot start or continue, 2 when the command line or the",
            "configuration is wrong, 65 when 'blipmqd wal' found the log damaged and changed",
            "nothing, 74 when the log's storage failed."
        })
final class DaemonCommand implements Callable<Integer> {
    @Option(
            names = "--config",
            paramLabel = "PATH",
            description = {
                "TOML or YAML file with the configuration.",
                "Default: the file named by BLIPMQ_CONFIG, or else built-in defaults."
            })
    private String config;

    @Spec
    private CommandSpec spec;

    private final IntConsumer exit;

    /** @param exit ends the process with a status, after the shutdown hooks */
    DaemonCommand(IntConsumer exit) {
        this.exit = exit;
    }

    @Override
    public Integer call() throws Exception {
        LogLevel level = LogLevel.of(System.getenv());
        Optional<LoadedSettings> loaded = load(level);
        if (loaded.isEmpty()) {
            return ExitStatus.USAGE;
        }
        Logger log = LoggerFactory.getLogger(DaemonCommand.class);
        level.notice().ifPresent(log::warn);
        loaded.get().warnings().forEach(log::warn);
        return run(loaded.get(), log);
    }

    private int run(LoadedSettings loaded, Logger log) throws InterruptedException {
        Daemon daemon = new Daemon(loaded.settings(), Version.current());
        Termination.install(daemon, exit);
        try {
            if (!daemon.start()) {
                return ExitStatus.OK;
            }
        } catch (StartException e) {
            log.error(e.getMessage());
            return e.exitStatus();
        }
        daemon.announce();
        return daemon.awaitEnd();
    }

    /** Null when none was given. */
    String config() {
        return config;
    }

    /** Checks what a start would read, and says what came out. */
    @Command(
            name = "check-config",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = "Reads the configuration as a start would, prints every key with its source, and exits.")
    int checkConfig(
            @Option(
                            names = "--config",
                            paramLabel = "PATH",
                            description = "The file to check. Default: as for the daemon.")
                    String path) {
        config = path == null ? config : path;
        Optional<LoadedSettings> loaded = load(LogLevel.of(System.getenv()));
        if (loaded.isEmpty()) {
            return ExitStatus.USAGE;
        }
        loaded.get().effective().forEach(spec.commandLine().getOut()::println);
        printWarnings(spec.commandLine().getErr(), loaded.get().warnings());
        return ExitStatus.OK;
    }

    /** For what cannot be said in the log. */
    static void printWarnings(PrintWriter errors, List<String> warnings) {
        warnings.forEach(warning -> errors.println("warning: " + warning));
    }

    /** @return empty when something is wrong, which has been said then */
    private Optional<LoadedSettings> load(LogLevel level) {
        try {
            return Optional.of(new SettingsLoader(System.getenv(), Path.of(""))
                    .load(Optional.ofNullable(config), level.problem().stream().toList()));
        } catch (ConfigException e) {
            spec.commandLine().getErr().println(e.getMessage());
            printWarnings(spec.commandLine().getErr(), e.warnings());
            return Optional.empty();
        }
    }
}
