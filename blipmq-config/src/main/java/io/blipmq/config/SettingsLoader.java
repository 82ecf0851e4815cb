package io.blipmq.config;

import io.blipmq.config.ConfigException.Problem;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Loads the settings: environment before file before defaults. Used by one thread, once.
 *
 * <p>Everything is read even when something was wrong before, so that one {@link ConfigException} tells all of it.
 */
public final class SettingsLoader {
    /** Names the config file unless the command line does. */
    public static final String CONFIG_VARIABLE = "BLIPMQ_CONFIG";

    private static final String CONFIG_OPTION = "--config";

    private final Map<String, String> environment;
    private final Path workingDirectory;
    private final List<Problem> problems = new ArrayList<>();
    private final GivenValues values = new GivenValues(problems);

    /**
     * @param environment the process's environment
     * @param workingDirectory the caller's directory, where relative paths start
     */
    public SettingsLoader(Map<String, String> environment, Path workingDirectory) {
        this.environment = Map.copyOf(environment);
        this.workingDirectory = workingDirectory.toAbsolutePath();
    }

    /**
     * Loads the settings.
     *
     * @param configOption the path given with {@code --config}
     * @param otherProblems what was found elsewhere and belongs in the same report
     * @throws ConfigException with all problems, if there is any
     */
    public LoadedSettings load(Optional<String> configOption, List<Problem> otherProblems) throws ConfigException {
        Optional<Path> file = configOption.isPresent()
                ? readFile(CONFIG_OPTION, configOption.get())
                : Optional.ofNullable(environment.get(CONFIG_VARIABLE))
                        .flatMap(path -> readFile(CONFIG_VARIABLE, path));
        readEnvironment();
        ApiKeys apiKeys = new ApiKeySources(workingDirectory, values, problems).read();
        Settings settings = new SettingsAssembly(values, workingDirectory).assemble(apiKeys);
        settings.collision().ifPresent(this::addCollision);
        problems.addAll(otherProblems);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems, Warnings.ofVariables(environment));
        }
        return new LoadedSettings(settings, file, Warnings.of(environment, settings), values.effective());
    }

    private void addCollision(String reason) {
        Key given = values.isGiven(Key.METRICS_PORT) ? Key.METRICS_PORT : Key.PORT;
        problems.add(new Problem(given.keyName(), values.source(given), reason));
    }

    private Optional<Path> readFile(String source, String shownPath) {
        if (!ConfigFile.hasKnownFormat(shownPath)) {
            problems.add(new Problem(
                    "",
                    source,
                    RawValue.text(shownPath).shown()
                            + " is not a config file; its name must end in .toml, .yaml or .yml"));
            return Optional.empty();
        }
        try {
            Path path = workingDirectory.resolve(shownPath);
            String content = TextFile.read(path);
            ConfigFile.parse(shownPath, content, problems).forEach(entry -> readEntry(shownPath, entry));
            return Optional.of(path);
        } catch (InvalidPathException notAPath) {
            String why = PathNames.isNameable(shownPath) ? "is not a path" : PathNames.unnameable();
            problems.add(new Problem("", source, RawValue.text(shownPath).shown() + " " + why));
        } catch (Refused refused) {
            refused.reasons()
                    .forEach(reason -> problems.add(
                            new Problem("", source, RawValue.text(shownPath).shown() + ": " + reason)));
        }
        return Optional.empty();
    }

    private void readEntry(String shownPath, ConfigFile.Entry entry) {
        String source = ConfigFile.source(shownPath, entry.line());
        Optional<Key> key = Key.named(entry.name());
        if (key.isEmpty()) {
            problems.add(new Problem(RawValue.printable(entry.name()), source, unknown(entry)));
            return;
        }
        values.put(key.get(), source, type -> type.fromFile(entry.value()));
    }

    private static String unknown(ConfigFile.Entry entry) {
        if (entry.value().holdsTable()) {
            return "there is no table of this name; all keys stand at the top level, outside any table";
        }
        List<String> names = Arrays.stream(Key.values()).map(Key::keyName).toList();
        return Nearest.find(entry.name(), names)
                .map(nearest -> "there is no such key; the nearest is " + nearest)
                .orElse("there is no such key; docs/configuration.md lists all of them");
    }

    private void readEnvironment() {
        for (Key key : Key.values()) {
            String value = environment.get(key.environmentVariable());
            if (value != null) {
                values.put(key, key.environmentVariable(), type -> type.fromEnvironment(value));
            }
        }
    }
}
