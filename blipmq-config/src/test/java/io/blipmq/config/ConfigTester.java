package io.blipmq.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.blipmq.config.ConfigException.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes files, sets variables and loads, as sentences. Owned by one test. */
final class ConfigTester {
    private final Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private Optional<String> option = Optional.empty();

    ConfigTester(Path directory) {
        this.directory = directory;
    }

    ConfigTester file(String name, String content) {
        try {
            Files.writeString(directory.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    ConfigTester option(String path) {
        option = Optional.of(path);
        return this;
    }

    ConfigTester toml(String... lines) {
        return file("b.toml", String.join("\n", lines)).option("b.toml");
    }

    ConfigTester yaml(String... lines) {
        return file("b.yaml", String.join("\n", lines)).option("b.yaml");
    }

    ConfigTester variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    LoadedSettings load() throws ConfigException {
        return new SettingsLoader(environment, directory).load(option, List.of());
    }

    Settings settings() throws ConfigException {
        return load().settings();
    }

    ConfigException refusal() {
        ConfigException refusal = catchThrowableOfType(ConfigException.class, this::load);
        if (refusal == null) {
            throw new AssertionError("the configuration was accepted");
        }
        return refusal;
    }

    List<String> problems() {
        return refusal().problems().stream().map(Problem::toString).toList();
    }
}
