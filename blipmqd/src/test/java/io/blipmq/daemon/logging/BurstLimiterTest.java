package io.blipmq.daemon.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class BurstLimiterTest {
    private final CapturedLog log = new CapturedLog(Level.INFO, ZoneOffset.UTC);
    private final Logger logger = log.logger("x.Listener");

    private void warn(int times) {
        for (int i = 0; i < times; i++) {
            logger.warn("refused {}", i);
        }
    }

    @Test
    void tenOfTheSameWarningPassAndTheRestIsCounted() {
        warn(47);
        assertThat(log.messages()).hasSize(10).startsWith("Listener: refused 0").endsWith("Listener: refused 9");
        log.advanceSeconds(10);
        log.limiter().reportEnded();
        log.limiter().reportEnded();
        assertThat(log.messages())
                .hasSize(11)
                .endsWith("Listener: repeated 37 more times within 10 s, for example: refused 10");
        assertThat(log.text().lines().toList().get(10)).contains(" WARN ");
    }

    @Test
    void nothingIsReportedBeforeTheWindowEndsOrWithoutNeed() {
        warn(11);
        log.advanceSeconds(9);
        log.limiter().reportEnded();
        assertThat(log.messages()).hasSize(10);

        CapturedLog quiet = new CapturedLog(Level.INFO, ZoneOffset.UTC);
        quiet.logger("a").warn("once");
        quiet.advanceSeconds(60);
        quiet.limiter().reportEnded();
        assertThat(quiet.messages()).containsExactly("a: once");
    }

    @Test
    void theNextWarningOfAnyKindBringsTheReportAndANewWindow() {
        warn(12);
        log.advanceSeconds(11);
        log.logger("y.Other").warn("other");
        warn(11);
        List<String> later = log.messages().subList(10, 22);
        assertThat(later)
                .startsWith(
                        "Listener: repeated 2 more times within 10 s, for example: refused 10",
                        "Other: other",
                        "Listener: refused 0")
                .endsWith("Listener: refused 9");
        assertThat(log.messages()).hasSize(22);
    }

    @Test
    void theSummaryOfALongMessageIsReadableToo() {
        for (int i = 0; i < 12; i++) {
            logger.warn("{} of {} from {}: {}", i, "a", "b", "c\nd", new IllegalStateException("x"));
        }
        log.limiter().reportAll();
        assertThat(log.messages())
                .endsWith("Listener: repeated 2 more times within 10 s, for example: 10 of a from b: c\\nd");
    }

    @Test
    void otherPatternsAndLoggersHaveWindowsOfTheirOwn() {
        warn(11);
        logger.warn("something else");
        logger.error("refused {}", 1);
        log.logger("y.Other").warn("refused {}", 1);
        assertThat(log.messages()).hasSize(13);
    }

    @Test
    void lesserLevelsAreNotLimited() {
        for (int i = 0; i < 50; i++) {
            logger.info("hello");
        }
        assertThat(log.messages()).hasSize(50);
    }

    @Test
    void askingWhetherALevelIsEnabledDoesNotCount() {
        for (int i = 0; i < 50; i++) {
            assertThat(logger.isWarnEnabled()).isTrue();
        }
        warn(10);
        assertThat(log.messages()).hasSize(10);
    }

    @Test
    void theEndReportsEverything() {
        for (int i = 0; i < 13; i++) {
            logger.error("lost", new IllegalStateException("x"));
        }
        log.limiter().reportAll();
        assertThat(log.text()).endsWith("Listener: repeated 3 more times within 10 s, for example: lost\n");
        assertThat(log.text().lines().filter(line -> line.contains(" ERROR "))).hasSize(11);
    }

    @Test
    void theNumberOfWindowsIsBounded() {
        for (int i = 0; i < BurstLimiter.WINDOWS_MAX; i++) {
            logger.warn("put together " + i);
        }
        warn(12);
        assertThat(log.messages()).hasSize(BurstLimiter.WINDOWS_MAX + 12);
    }
}
