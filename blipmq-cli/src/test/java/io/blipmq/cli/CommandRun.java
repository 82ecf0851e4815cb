package io.blipmq.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blipmq.client.FakeBroker;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;

/** One run of the command: what it is given, and what came of it. */
final class CommandRun {
    static final String KEY = FakeBroker.KEY;

    private final ByteArrayOutputStream captured = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private Map<String, String> environment = Map.of();
    private InputStream input = InputStream.nullInputStream();
    private OutputStream output = captured;
    private int status = -1;

    private CommandRun() {}

    static CommandRun command() {
        return new CommandRun();
    }

    /** With the server's address and key in the environment. */
    static CommandRun at(FakeBroker server) {
        return command().environment(Map.of("BLIPMQ_URL", "blip://" + server.address(), "BLIPMQ_KEY", KEY));
    }

    CommandRun environment(Map<String, String> variables) {
        environment = variables;
        return this;
    }

    CommandRun input(String text) {
        return input(new ByteArrayInputStream(text.getBytes(UTF_8)));
    }

    CommandRun input(InputStream stream) {
        input = stream;
        return this;
    }

    CommandRun output(OutputStream stream) {
        output = stream;
        return this;
    }

    CommandRun run(String... arguments) {
        PrintStream errorStream = new PrintStream(errors, true, UTF_8);
        status = Main.commandLine(new Terminal(input, output, errorStream, environment))
                .execute(arguments);
        return this;
    }

    int status() {
        return status;
    }

    String out() {
        return captured.toString(UTF_8);
    }

    String err() {
        return errors.toString(UTF_8);
    }
}
