package io.blipmq.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a process of its own shows: how long a program lives. */
@Timeout(60)
class ProgramTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aProgramThatOnlySubscribesLivesUntilItsClientIsClosed(boolean ownExecutor) throws Exception {
        try (FakeBroker broker = new FakeBroker();
                BlipClient client = BlipClient.builder()
                        .address(broker.address())
                        .key(FakeBroker.KEY)
                        .connect()) {
            broker.collect("t", "all");
            Process program = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Dslf4j.internal.verbosity=ERROR",
                            "-cp",
                            System.getProperty("java.class.path"),
                            OnlySubscribes.class.getName(),
                            broker.address().toString(),
                            Boolean.toString(ownExecutor))
                    .redirectErrorStream(true)
                    .start();
            try {
                broker.await("it has subscribed", () -> broker.isHeld("all"));
                // Long after its main has returned: a round trip of another client, and as long as a JVM takes to end.
                assertThat(program.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
                client.publish("t", "one");
                client.publish("t", "end");
                assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(new String(program.getInputStream().readAllBytes(), UTF_8))
                        .isEqualTo("one\nend\n");
                assertThat(program.exitValue()).isZero();
            } finally {
                program.destroyForcibly();
            }
        }
    }
}
