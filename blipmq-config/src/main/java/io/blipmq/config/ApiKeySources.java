package io.blipmq.config;

import io.blipmq.config.ConfigException.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Joins the keys of the settings and of the key file. Used by one thread. */
final class ApiKeySources {
    private final Path workingDirectory;
    private final GivenValues given;
    private final List<Problem> problems;

    ApiKeySources(Path workingDirectory, GivenValues given, List<Problem> problems) {
        this.workingDirectory = workingDirectory;
        this.given = given;
        this.problems = problems;
    }

    ApiKeys read() {
        List<String> keys = new ArrayList<>();
        for (Object key : (List<?>) given.value(Key.ALLOWED_API_KEYS)) {
            keys.add((String) key);
        }
        String file = given.text(Key.ALLOWED_API_KEYS_FILE);
        if (!file.isEmpty()) {
            keys.addAll(readFile(file));
        }
        return ApiKeys.of(keys);
    }

    private List<String> readFile(String file) {
        try {
            return ApiKeyList.fromLines(TextFile.read(workingDirectory.resolve(file)));
        } catch (Refused refused) {
            Key key = Key.ALLOWED_API_KEYS_FILE;
            String shown = RawValue.text(file).shown();
            refused.reasons()
                    .forEach(reason ->
                            problems.add(new Problem(key.keyName(), given.source(key), shown + ": " + reason)));
            return List.of();
        }
    }
}
