package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq pub}. */
@Command(
        name = "pub",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Publishes one message, or one per line of standard input.",
            "",
            "At QoS 1 it ends with status 0 only when every message is stored. Otherwise it says how many of them, counted "
                    + "from the first, are confirmed: \"confirmed 1200 of 1300\" means that line 1201 is the one to go "
                    + "on with.",
            ""
        })
final class PubCommand implements Callable<Integer> {
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
            description = "The message. Without it, each line of standard input is one.")
    private String message;

    @Option(
            names = "--qos",
            paramLabel = "QOS",
            description = "1: stored before it is confirmed (default). 0: handed to whoever listens now.")
    private int qos = 1;

    @Option(
            names = {"-q", "--quiet"},
            description = "No summary on standard error.")
    private boolean quiet;

    @Override
    public Integer call() throws IOException {
        BlipCommand.requireQos(spec, qos);
        BlipCommand.requireIntact(spec, "the topic", topic, "set LC_ALL=C.UTF-8");
        if (message != null) {
            BlipCommand.requireIntact(spec, "the message", message, "set LC_ALL=C.UTF-8 or use standard input");
        }
        try (BlipClient client = blipmq.connect(spec)) {
            ConfirmedPublisher publisher = new ConfirmedPublisher(client, topic, qos);
            publishAll(publisher);
            summarize(publisher);
        }
        return 0;
    }

    private void publishAll(ConfirmedPublisher publisher) throws IOException {
        try {
            if (message == null) {
                publishLines(publisher);
            } else {
                publisher.publish(message.getBytes(StandardCharsets.UTF_8));
            }
            publisher.confirm();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException(e.getMessage() + "; " + progress(publisher), e);
        }
    }

    /** Lines that are there are pipelined; before waiting for more, those before are confirmed. */
    private void publishLines(ConfirmedPublisher publisher) throws IOException {
        LineReader lines =
                new LineReader(blipmq.terminal().input(), BlipClient.payloadBytesMax(topic), publisher::confirm);
        try {
            for (byte[] line = lines.next(); line != null; line = lines.next()) {
                publisher.publish(line);
            }
        } catch (InputException e) {
            publisher.confirm();
            throw e;
        }
    }

    private String progress(ConfirmedPublisher publisher) {
        String verb = qos == 1 ? "confirmed " : "accepted ";
        return verb + publisher.confirmedCount() + " of " + publisher.publishedCount();
    }

    private void summarize(ConfirmedPublisher publisher) {
        if (qos == 1 && !quiet) {
            blipmq.terminal()
                    .errors()
                    .println("published " + publisher.publishedCount() + ", confirmed " + publisher.confirmedCount());
        }
    }
}
