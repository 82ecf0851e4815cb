package io.blipmq.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Replays what the fuzzer has found worth keeping, and mutants of it; {@code mvn -Pfuzz verify} looks for more. */
@Timeout(120)
class CodecFuzzTest {
    private static final Path CORPUS = Path.of("src/test/fuzz/codec");
    private static final int MUTANTS = 200_000;
    private static final int CHANGES_MAX = 4;

    @Test
    void theCorpusDoesNoHarm() throws IOException {
        for (byte[] input : corpus()) {
            CodecFuzz.fuzzerTestOneInput(input);
        }
    }

    @Test
    void mutantsOfTheCorpusDoNoHarm() throws IOException {
        long seed = Long.getLong("blipmq.seed", System.nanoTime());
        System.out.println("blipmq.seed=" + seed);
        Random random = new Random(seed);
        List<byte[]> inputs = corpus();
        for (int i = 0; i < MUTANTS; i++) {
            CodecFuzz.fuzzerTestOneInput(mutant(random, inputs.get(random.nextInt(inputs.size()))));
        }
    }

    private static byte[] mutant(Random random, byte[] input) {
        byte[] mutant = Arrays.copyOf(input, input.length - random.nextInt(3));
        for (int change = random.nextInt(CHANGES_MAX); change >= 0; change--) {
            int at = random.nextInt(mutant.length);
            mutant[at] = (byte) (random.nextBoolean() ? random.nextInt() : mutant[at] + random.nextInt(3) - 1);
        }
        return mutant;
    }

    private static List<byte[]> corpus() throws IOException {
        List<byte[]> inputs = new ArrayList<>();
        try (Stream<Path> files = Files.list(CORPUS)) {
            for (Path file : files.sorted().toList()) {
                inputs.add(Files.readAllBytes(file));
            }
        }
        assertThat(inputs).isNotEmpty();
        return inputs;
    }
}
