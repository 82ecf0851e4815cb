package io.blipmq.wal.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Replays what the fuzzer has found worth keeping; {@code mvn -Pfuzz verify} looks for more. */
@Timeout(120)
class WalFuzzTest {
    private static final Path CORPUS = Path.of("src/test/fuzz/wal");

    @Test
    void theCorpusDoesNoHarm() throws IOException {
        try (Stream<Path> files = Files.list(CORPUS)) {
            List<Path> inputs = files.toList();
            assertThat(inputs).isNotEmpty();
            for (Path input : inputs) {
                WalFuzz.fuzzerTestOneInput(Files.readAllBytes(input));
            }
        }
    }
}
