package io.blipmq.cli;

import io.blipmq.client.BlipAddress;
import io.blipmq.client.BlipClient;
import io.blipmq.client.BlipClientBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Owned by the main thread. The command itself, and the options that every subcommand takes. */
@Command(
        name = "blipmq",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Publishes to, subscribes to, inspects and measures a BlipMQ broker.",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:done; also when the reader of sub's output has exited",
            "1:failed: refused by the broker, no connection, nothing arrived in time; bench: a check failed",
            "2:the command line is wrong",
            "130:ended by Ctrl+C"
        },
        footer = {
            "",
            "Example:",
            "  export BLIPMQ_KEY=dev-key-1",
            "  blipmq subscribe demo --name mine    collects messages from now on",
            "  blipmq pub demo 'hello'",
            "  blipmq sub demo --name mine          prints them, and those to come"
        })
final class BlipCommand implements Runnable {
    private static final String DEFAULT_URL = "blip://127.0.0.1:" + BlipAddress.DEFAULT_PORT;

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--url",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "blip://HOST:PORT or HOST:PORT of the daemon. Default: BLIPMQ_URL or " + DEFAULT_URL + ".")
    private String url;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            scope = ScopeType.INHERIT,
            description =
                    "The API key; other users of this machine can see it. Default: --key-file, or else BLIPMQ_KEY.")
    private String key;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "A file that contains the API key, like the daemon's allowed_api_keys_file.")
    private Path keyFile;

    @Option(
            names = "--connect-timeout",
            paramLabel = "SECONDS",
            scope = ScopeType.INHERIT,
            description = "Time limit for connecting. Default: 5.")
    private double connectTimeoutSeconds = 5;

    @Option(
            names = "--client-name",
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description = "Name that the broker shows for this client. Default: the command's name.")
    private String clientName;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print results as JSON, one object per line.")
    private boolean json;

    BlipCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "give a command: pub, sub, subscribe, unsubscribe, request, reply, ping, info, topics, subs, show, top, dlq, bench");
    }

    Terminal terminal() {
        return terminal;
    }

    /** Whether results are to be printed as JSON, one object a line. */
    boolean isJson() {
        return json;
    }

    /** Writes text to standard output. */
    void print(String text) throws IOException {
        try {
            terminal.output().write(text.getBytes(StandardCharsets.UTF_8));
            terminal.output().flush();
        } catch (IOException e) {
            throw new OutputException(e);
        }
    }

    /** Connects as the options and the environment say. */
    BlipClient connect(CommandSpec caller) {
        return client(caller).connect();
    }

    /** What the options and the environment say about connecting. */
    BlipClientBuilder client(CommandSpec caller) {
        return BlipClient.builder()
                .address(address(caller))
                .key(apiKey(caller))
                .name(clientName != null ? clientName : caller.qualifiedName(" "))
                .connectTimeout(seconds(caller, "--connect-timeout", connectTimeoutSeconds));
    }

    /** Tells on standard error when the connection is lost, and when there is one again. */
    ConnectionNews connectionNews(CommandSpec caller) {
        return new ConnectionNews(address(caller), terminal.errors());
    }

    BlipAddress address(CommandSpec caller) {
        String fromEnvironment = terminal.environment().getOrDefault("BLIPMQ_URL", "");
        String source = url != null ? "--url" : "BLIPMQ_URL";
        String text = url != null ? url : fromEnvironment.isBlank() ? DEFAULT_URL : fromEnvironment;
        try {
            return BlipAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(caller.commandLine(), source + ": " + e.getMessage());
        }
    }

    private String apiKey(CommandSpec caller) {
        if (key != null && keyFile != null) {
            throw new ParameterException(caller.commandLine(), "give --key or --key-file, not both");
        }
        String apiKey = key != null ? key : keyFile != null ? keyOf(caller, keyFile) : keyOfEnvironment();
        if (apiKey.isBlank()) {
            throw new ParameterException(
                    caller.commandLine(), "no API key: give --key KEY or --key-file FILE, or set BLIPMQ_KEY");
        }
        return apiKey;
    }

    private String keyOfEnvironment() {
        return terminal.environment().getOrDefault("BLIPMQ_KEY", "").strip();
    }

    private static String keyOf(CommandSpec caller, Path file) {
        try {
            return KeyFile.key(file);
        } catch (InputException e) {
            throw new ParameterException(caller.commandLine(), "--key-file: " + e.getMessage(), e);
        }
    }

    /** Checks an option that is a number of seconds. */
    static Duration seconds(CommandSpec caller, String option, double seconds) {
        // A day is more than any of them can mean, and far from what overflows.
        return seconds(caller, option, seconds, 86_400);
    }

    static Duration seconds(CommandSpec caller, String option, double seconds, long max) {
        if (!(seconds >= 0.001 && seconds <= max)) {
            throw new ParameterException(caller.commandLine(), option + " takes 0.001 to " + max + " seconds");
        }
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    /** Checks an option that is a QoS. */
    static void requireQos(CommandSpec caller, int qos) {
        if (qos != 0 && qos != 1) {
            throw new ParameterException(caller.commandLine(), "--qos takes 0 or 1, not " + qos);
        }
    }

    /**
     * Refuses an argument that reached this process damaged: in a locale without the argument's characters, the JVM puts
     * replacement characters in their place.
     */
    static void requireIntact(CommandSpec caller, String name, String argument, String instead) {
        if (argument.indexOf('\ufffd') >= 0) {
            throw new ParameterException(caller.commandLine(), name + " is not text in this locale; " + instead);
        }
    }
}
