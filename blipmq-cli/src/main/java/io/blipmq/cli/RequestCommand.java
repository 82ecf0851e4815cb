package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.Delivery;
import io.blipmq.client.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq request}. */
@Command(
        name = "request",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Publishes a request and prints the first reply.",
            "",
            "Ends with status 1 at once when nobody is subscribed to the topic, and when no reply arrives in time. "
                    + "blipmq reply, and every client that publishes to the topic named in the request, can reply.",
            ""
        })
final class RequestCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Parameters(index = "0", paramLabel = "TOPIC", description = "The topic, 1 to 1024 bytes of UTF-8.")
    private String topic;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "MESSAGE",
            description = "The request. Without it, and without --file, standard input is the request.")
    private String message;

    @Option(names = "--file", paramLabel = "FILE", description = "A file whose content is the request.")
    private Path file;

    @Option(
            names = "--qos",
            paramLabel = "QOS",
            description = "0: only for subscribers connected now (default). 1: stored for each subscription, "
                    + "even if it is served too late for a reply.")
    private int qos;

    @Mixin
    private MessageOptions options;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Time limit for the reply. Default: 5.")
    private double timeoutSeconds = 5;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json|raw",
            description = "text: the reply and a line feed (default). json: with all metadata. raw: the reply alone.")
    private DeliveryPrinter.Format format;

    @Override
    public Integer call() throws IOException {
        Duration timeout = BlipCommand.seconds(spec, "--timeout", timeoutSeconds);
        requireValidOptions();
        try (BlipClient client = blipmq.connect(spec)) {
            Message request = options.message(spec, topic, body(client.bodyBytesMax(topic)))
                    .withQos(qos);
            print(client.request(request, timeout));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        return 0;
    }

    private void requireValidOptions() {
        BlipCommand.requireQos(spec, qos);
        options.requireValid(spec);
        BlipCommand.requireIntact(spec, "the topic", topic, "set LC_ALL=C.UTF-8");
        if (message != null) {
            BlipCommand.requireIntact(spec, "the request", message, "set LC_ALL=C.UTF-8 or use standard input");
        }
        if (message != null && file != null) {
            throw new ParameterException(spec.commandLine(), "give MESSAGE or --file, not both");
        }
    }

    private byte[] body(int bytesMax) throws IOException {
        if (message != null) {
            return message.getBytes(StandardCharsets.UTF_8);
        }
        return file != null
                ? InputFile.message(file, bytesMax)
                : blipmq.terminal().input().readNBytes(bytesMax + 1); // one too many is refused as too large
    }

    private void print(Delivery reply) throws IOException {
        DeliveryPrinter.Format usual = blipmq.isJson() ? DeliveryPrinter.Format.json : DeliveryPrinter.Format.text;
        DeliveryPrinter printer =
                new DeliveryPrinter(blipmq.terminal().output(), format == null ? usual : format, false);
        printer.print(reply);
        printer.flush();
    }
}
