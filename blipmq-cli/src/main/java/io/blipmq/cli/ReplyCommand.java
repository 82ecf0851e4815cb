package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.ClosedException;
import io.blipmq.client.Delivery;
import io.blipmq.client.Message;
import io.blipmq.client.Receiver;
import java.io.IOException;
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

/** Owned by the main thread. {@code blipmq reply}. */
@Command(
        name = "reply",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Replies to the requests of a topic with the output of a command, until it is interrupted.",
            "",
            "The command runs in sh once for each request, one at a time: the request is its standard input, and what "
                    + "it prints is the reply. When it ends with another status than 0, or takes too long, there is no "
                    + "reply; with --name or --group the request is delivered again."
                    + " Without them, only requests published while it runs are served.",
            "",
            "Example:",
            "  blipmq reply upper --command 'tr a-z A-Z' &",
            "  blipmq request upper hello",
            ""
        })
final class ReplyCommand implements Callable<Integer> {
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Parameters(index = "0", paramLabel = "TOPIC", description = TopicOrFilter.DESCRIPTION)
    private String topic;

    @Mixin
    private TopicOrFilter kind;

    @Option(
            names = "--command",
            required = true,
            paramLabel = "COMMAND",
            description = "What sh -c runs for each request.")
    private String command;

    @Mixin
    private DurableName durable;

    @Option(names = "--count", paramLabel = "N", description = "End with status 0 after this many requests.")
    private Long count;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Time limit for the command, which is killed then. Default: 30.")
    private double timeoutSeconds = 30;

    @Override
    public Integer call() throws IOException, InterruptedException {
        BlipCommand.requireIntact(spec, "the topic", topic, "set LC_ALL=C.UTF-8");
        Duration timeout = BlipCommand.seconds(spec, "--timeout", timeoutSeconds);
        durable.requireValid(spec);
        if (count != null && count < 1) {
            throw new ParameterException(spec.commandLine(), "--count takes 1 or more, not " + count);
        }
        try (BlipClient client = blipmq.client(spec)
                        .listener(blipmq.connectionNews(spec))
                        .connect();
                SignalledEnd end = new SignalledEnd(client)) {
            serveUntil(end, client, new ShellCommand(command, timeout));
        }
        return 0;
    }

    private void serveUntil(SignalledEnd end, BlipClient client, ShellCommand shell)
            throws IOException, InterruptedException {
        try (Receiver requests = subscribe(client, shell.timeout())) {
            blipmq.terminal().errors().println("replying to " + Printable.of(topic));
            for (long left = count == null ? Long.MAX_VALUE : count; left > 0; left--) {
                serve(client, requests.receive(), shell);
            }
        } catch (ClosedException e) {
            if (!end.hasBegun()) {
                throw e;
            }
        }
    }

    /** One request at a time: what waits for it does so at the broker. */
    private Receiver subscribe(BlipClient client, Duration timeout) {
        try {
            return durable.applyTo(kind.applyTo(client.subscribe(topic), topic))
                    .qos(durable.isGiven() ? 1 : 0)
                    .credit(1)
                    .limit(count == null ? Long.MAX_VALUE : count)
                    .ackTimeout(timeout.plusSeconds(5))
                    .manualAck()
                    .listener(new SubscriptionNews(blipmq.terminal().errors()))
                    .receive();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void serve(BlipClient client, Delivery request, ShellCommand shell)
            throws IOException, InterruptedException {
        try {
            byte[] output = shell.run(request.body());
            if (request.replyTo().isPresent()) {
                client.send(Message.reply(request, output));
            }
            request.ack();
        } catch (ShellCommand.FailedException | IllegalArgumentException e) {
            blipmq.terminal().errors().println("no reply: " + e.getMessage());
            request.nack(RETRY_DELAY);
        }
    }
}
