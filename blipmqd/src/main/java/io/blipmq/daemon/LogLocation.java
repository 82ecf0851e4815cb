package io.blipmq.daemon;

import io.blipmq.config.ConfigException;
import io.blipmq.config.Settings;
import io.blipmq.config.SettingsLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say which log an offline command is about. Owned by the main thread. */
final class LogLocation {
    @Option(
            names = "--config",
            paramLabel = "PATH",
            description = "The daemon's configuration, which names the log. Default: as for the daemon.")
    private String config;

    @Option(
            names = "--wal-path",
            paramLabel = "DIR",
            description = "The log's directory. Default: wal_path of the configuration.")
    private Path walPath;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    Path directory() throws ConfigException {
        return walPath == null
                ? settings().log().path()
                : walPath.toAbsolutePath().normalize();
    }

    Settings settings() throws ConfigException {
        return new SettingsLoader(System.getenv(), Path.of(""))
                .load(Optional.ofNullable(config == null ? ofDaemon() : config), List.of())
                .settings();
    }

    /** What was given before the command. */
    private String ofDaemon() {
        return command.root().userObject() instanceof DaemonCommand daemon ? daemon.config() : null;
    }
}
