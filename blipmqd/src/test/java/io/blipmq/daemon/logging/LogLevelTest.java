package io.blipmq.daemon.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogLevelTest {

    @ParameterizedTest
    @CsvSource({"error,ERROR", "warn,WARN", "info,INFO", "debug,DEBUG", "trace,TRACE", "off,OFF", "Debug,DEBUG"})
    void bothVariablesTakePlainLevels(String text, String level) {
        for (String variable : new String[] {"BLIPMQ_LOG", "RUST_LOG"}) {
            LogLevel chosen = LogLevel.of(Map.of(variable, text));
            assertThat(chosen.level()).isEqualTo(Level.toLevel(level));
            assertThat(chosen.notice()).isEmpty();
            assertThat(chosen.problem()).isEmpty();
        }
    }

    @Test
    void theOwnVariableGoesFirst() {
        assertThat(LogLevel.of(Map.of("BLIPMQ_LOG", "warn", "RUST_LOG", "debug"))
                        .level())
                .isEqualTo(Level.WARN);
    }

    @Test
    void infoIsTheDefault() {
        assertThat(LogLevel.of(Map.of()).level()).isEqualTo(Level.INFO);
        assertThat(LogLevel.of(Map.of("RUST_LOG", "")).notice()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"blipmqd=debug", "info,blipmq_net=trace", "verbose"})
    void directivesFallBackToInfoAndSaySo(String text) {
        LogLevel chosen = LogLevel.of(Map.of("RUST_LOG", text));
        assertThat(chosen.level()).isEqualTo(Level.INFO);
        assertThat(chosen.notice()).get().asString().contains("RUST_LOG", "info", "BLIPMQ_LOG");
        assertThat(chosen.problem()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"verbose", "", "info,debug", "a\nb"})
    void aWrongOwnVariableIsAProblem(String text) {
        LogLevel chosen = LogLevel.of(Map.of("BLIPMQ_LOG", text, "RUST_LOG", "debug"));
        assertThat(chosen.level()).isEqualTo(Level.INFO);
        assertThat(chosen.problem())
                .get()
                .hasToString("BLIPMQ_LOG: \"" + text.replace("\n", "\\n")
                        + "\" is not accepted; give error, warn, info, debug, trace or off");
    }
}
