package io.blipmq.daemon.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.time.ZoneId;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Immutable. Sets logback up in code, which spares the start an XML parser and a search for files.
 *
 * <p>The level is the environment's; a wrong one is reported by whoever reads {@link LogLevel}, and until then the level
 * is info. The output goes on until the process ends, so that the last words of a shutdown can be written.
 */
public final class LogConfigurator extends ContextAwareBase implements Configurator {

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        Level level = LogLevel.of(System.getenv()).level();
        OutputStream standardOutput = new FileOutputStream(FileDescriptor.out);
        configure(
                context,
                level,
                layout -> new LogOutput(layout, standardOutput, LogOutput.LINES_MAX, System::nanoTime),
                ZoneId.systemDefault(),
                System::nanoTime);
        // Whatever ends the process, its last lines are written if anybody reads them.
        Runtime.getRuntime().addShutdownHook(new Thread(Logging::flush, "log-flush"));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    static LogOutput configure(
            LoggerContext context,
            Level level,
            Function<LineLayout, LogOutput> outputs,
            ZoneId zone,
            LongSupplier nanoClock) {
        LineLayout layout = new LineLayout(zone);
        layout.setContext(context);
        layout.start();

        LogOutput output = outputs.apply(layout);
        output.setContext(context);
        output.start();

        BurstLimiter limiter = new BurstLimiter(nanoClock);
        limiter.setContext(context);
        limiter.start();
        context.addTurboFilter(limiter);

        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(level);
        root.addAppender(output);
        return output;
    }
}
