package io.blipmq.config;

import io.blipmq.config.Settings.Endpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Immutable. What a start should say about settings that are accepted but may not be meant. */
final class Warnings {
    /** Variables that other parts read: the launchers, the logging and the command line. */
    private static final List<String> OTHER_VARIABLES = List.of(
            SettingsLoader.CONFIG_VARIABLE,
            "BLIPMQ_LOG",
            "BLIPMQ_JAVA_OPTS",
            "BLIPMQ_CLI_JAVA_OPTS",
            "BLIPMQ_JAVA_HOME",
            "BLIPMQ_URL",
            "BLIPMQ_KEY");

    private static final String UNLIKELY_IN_KEYS = "\"'[](){}<>;\r\n";

    private Warnings() {}

    static List<String> of(Map<String, String> environment, Settings settings) {
        List<String> warnings = new ArrayList<>(ofVariables(environment));
        if (settings.apiKeys().isEmpty()) {
            warnings.add("no API keys are configured, so no client can connect; "
                    + "set allowed_api_keys, allowed_api_keys_file or BLIPMQ_ALLOWED_API_KEYS");
        }
        warnings.addAll(ofKeys(environment.getOrDefault(Key.ALLOWED_API_KEYS.environmentVariable(), "")));
        Endpoint broker = settings.broker();
        if (!broker.isLoopback()) {
            warnings.add("bind_addr %s is not a loopback address: API keys and messages travel in the clear"
                    .formatted(broker.host()));
        }
        return List.copyOf(warnings);
    }

    /** Such a key may be meant, but then it is rather in a file. Nothing of it is shown. */
    private static List<String> ofKeys(String variable) {
        List<String> warnings = new ArrayList<>();
        String[] keys = variable.split(",", -1);
        for (int i = 0; i < keys.length; i++) {
            if (keys[i].strip().chars().anyMatch(c -> UNLIKELY_IN_KEYS.indexOf(c) >= 0)) {
                warnings.add(
                        "%s: item %d has a quote, a bracket, a semicolon or a line end in it, which is part of the key: "
                                        .formatted(Key.ALLOWED_API_KEYS.environmentVariable(), i + 1)
                                + "keys stand as they are, with commas between them");
            }
        }
        return warnings;
    }

    /** Those that do not depend on the settings: variables that are none. */
    static List<String> ofVariables(Map<String, String> environment) {
        List<String> warnings = new ArrayList<>();
        List<String> known = Stream.concat(
                        Arrays.stream(Key.values()).map(Key::environmentVariable), OTHER_VARIABLES.stream())
                .map(Warnings::withoutPrefix)
                .toList();
        for (String name : new TreeSet<>(environment.keySet())) {
            if (name.startsWith(Key.ENVIRONMENT_PREFIX) && !known.contains(withoutPrefix(name))) {
                String hint = Nearest.find(withoutPrefix(name), known)
                        .map(nearest -> "the nearest is " + Key.ENVIRONMENT_PREFIX + nearest)
                        .orElse("docs/configuration.md lists all settings");
                warnings.add("the environment variable %s has no effect; %s".formatted(RawValue.printable(name), hint));
            }
        }
        return warnings;
    }

    private static String withoutPrefix(String name) {
        return name.substring(Key.ENVIRONMENT_PREFIX.length());
    }
}
