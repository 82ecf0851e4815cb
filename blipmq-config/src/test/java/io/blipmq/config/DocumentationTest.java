package io.blipmq.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table in docs/configuration.md is the table in {@link Key}. */
class DocumentationTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    @Test
    void thePageListsExactlyTheseKeysVariablesAndDefaults() throws Exception {
        List<String> rows = Files.readAllLines(PAGE).stream()
                .filter(line -> line.matches("\\| `[a-z0-9_]+` \\| `BLIPMQ_.*"))
                .toList();
        assertThat(String.join("\n", rows))
                .isEqualTo(String.join(
                        "\n", Arrays.stream(Key.values()).map(this::row).toList()));
    }

    private String row(Key key) {
        return "| `%s` | `%s` | `%s` | %s | %s |"
                .formatted(
                        key.keyName(), key.environmentVariable(), key.defaultText(), key.accepted(), key.description());
    }
}
