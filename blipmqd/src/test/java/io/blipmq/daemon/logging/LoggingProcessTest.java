package io.blipmq.daemon.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process of its own shows what standard output gets when nothing but a logger is asked for. */
class LoggingProcessTest {

    /** What the process runs. */
    static final class Talker {
        private Talker() {}

        public static void main(String[] arguments) {
            Logger log = LoggerFactory.getLogger(Talker.class);
            log.debug("a\nb");
            for (int i = 0; i < 12; i++) {
                log.warn("again");
            }
            Logging.reportRepeats();
            Logging.reportAllRepeats();
        }
    }

    private List<String> run(String level) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Talker.class.getName());
        builder.environment().put("BLIPMQ_LOG", level);
        Process process = builder.redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return text.lines().map(line -> line.replaceFirst("^\\S+ ", "")).toList();
    }

    @Test
    void theServiceIsFoundAndTakesItsLevelFromTheEnvironment() throws Exception {
        List<String> lines = run("debug");
        assertThat(lines)
                .hasSize(12)
                .startsWith(
                        "DEBUG [main] LoggingProcessTest$Talker: a\\nb",
                        "WARN  [main] LoggingProcessTest$Talker: again")
                .endsWith(
                        "WARN  [main] LoggingProcessTest$Talker: repeated 2 more times within 10 s, for example: again");
        assertThat(run("error")).isEmpty();
    }
}
