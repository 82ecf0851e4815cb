package io.blipmq.daemon.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.function.LongSupplier;

/**
 * Immutable. Sets logback up in code, which spares the start an XML parser and a search for files.
 *
 * <p>The level is the environment's; a wrong one is reported by whoever reads {@link LogLevel}, and until then the level
 * is info. The output stays open until the process ends, so that the last words of a shutdown can be written.
 */
public final class LogConfigurator extends ContextAwareBase implements Configurator {

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        Level level = LogLevel.of(System.getenv()).level();
        configure(context, level, System.out, ZoneId.systemDefault(), System::nanoTime);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    static void configure(LoggerContext context, Level level, OutputStream out, ZoneId zone, LongSupplier nanoClock) {
        LineLayout layout = new LineLayout(zone);
        layout.setContext(context);
        layout.start();

        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(layout);
        encoder.start();

        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setContext(context);
        appender.setName("stdout");
        appender.setEncoder(encoder);
        appender.setOutputStream(out);
        appender.start();

        BurstLimiter limiter = new BurstLimiter(nanoClock);
        limiter.setContext(context);
        limiter.start();
        context.addTurboFilter(limiter);

        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(level);
        root.addAppender(appender);
    }
}
