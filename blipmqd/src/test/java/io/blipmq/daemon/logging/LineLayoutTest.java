package io.blipmq.daemon.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineLayoutTest {
    private final CapturedLog log = new CapturedLog(Level.INFO, ZoneOffset.UTC);

    @Test
    void anEventIsOneLineWithTimeLevelThreadClassAndMessage() {
        log.logger("io.blipmq.net.Session").info("listening on {}", "127.0.0.1:5555");
        assertThat(log.text())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\+00:00 INFO  \\[[^]]+] "
                        + "Session: listening on 127\\.0\\.0\\.1:5555\n");
    }

    @Test
    void theTimeIsReadableAndHasTheZonesOffset() {
        CapturedLog tokyo = new CapturedLog(Level.INFO, ZoneId.of("Asia/Tokyo"));
        tokyo.logger("a").info("x");
        OffsetDateTime time = OffsetDateTime.parse(tokyo.text().split(" ")[0]);
        assertThat(time.getOffset()).isEqualTo(ZoneOffset.ofHours(9));
    }

    @Test
    void lineBreaksAndControlCharactersAreEscaped() {
        log.logger("a").info("topic {}", "x\r\n2026 ERROR forged\t\u001b[31m\u0085\u2028 größe 消息");
        assertThat(log.messages())
                .containsExactly("a: topic x\\r\\n2026 ERROR forged\\t\\u001b[31m\\u0085\\u2028 größe 消息");
    }

    @Test
    void onlyAnErrorHasItsStackTraceAndItsLinesBeginWithATab() {
        log.logger("a").error("halting", new IllegalStateException("a\nb", new IOException("c")));
        List<String> lines = log.text().lines().toList();
        assertThat(lines.get(0)).endsWith("a: halting");
        assertThat(lines.subList(1, lines.size()))
                .allMatch(line -> line.startsWith("\t"))
                .anyMatch(line -> line.contains("LineLayoutTest"))
                .anyMatch(line -> line.contains("Caused by: java.io.IOException: c"));
    }

    @Test
    void anotherLevelHasOnlyTheExceptionsMessage() {
        log.logger("a").warn("cannot delete {}", "f", new IOException("No space\nleft"));
        log.logger("a").warn("odd", new IllegalStateException());
        assertThat(log.messages())
                .containsExactly("a: cannot delete f: No space\\nleft", "a: odd: IllegalStateException");
    }

    @Test
    void levelsBelowTheChosenOneAreNotWritten() {
        log.logger("a").debug("x");
        CapturedLog off = new CapturedLog(Level.OFF, ZoneOffset.UTC);
        off.logger("a").error("x");
        assertThat(log.text() + off.text()).isEmpty();
    }
}
