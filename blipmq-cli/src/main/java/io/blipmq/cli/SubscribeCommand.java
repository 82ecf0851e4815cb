package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.Receiver;
import io.blipmq.client.RefusedException;
import io.blipmq.client.Subscription;
import io.blipmq.client.SubscriptionBuilder;
import io.blipmq.client.SubscriptionInfo;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq subscribe}. */
@Command(
        name = "subscribe",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Creates a durable subscription, which collects a topic's messages from now on.",
            "",
            "blipmq sub with the same topic and name reads them. An existing subscription stays unchanged, "
                    + "and the status is 0. blipmq unsubscribe deletes it.",
            ""
        })
final class SubscribeCommand implements Callable<Integer> {
    private static final int HELD = 409;

    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Parameters(index = "0", paramLabel = "TOPIC", description = TopicOrFilter.DESCRIPTION)
    private String topic;

    @Mixin
    private TopicOrFilter kind;

    @Option(names = "--name", paramLabel = "NAME", required = true, description = "The subscription's name.")
    private String name;

    @Option(names = "--from-new", description = "Drop the messages that an existing subscription holds.")
    private boolean fromNew;

    @Override
    public Integer call() throws IOException {
        BlipCommand.requireIntact(spec, "the topic", topic, "set LC_ALL=C.UTF-8");
        BlipCommand.requireIntact(spec, "the name", name, "set LC_ALL=C.UTF-8");
        if (name.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--name must not be empty");
        }
        try (BlipClient client = blipmq.connect(spec)) {
            subscribe(client);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        return 0;
    }

    private void subscribe(BlipClient client) throws IOException {
        SubscriptionBuilder builder =
                kind.applyTo(client.subscribe(topic), topic).name(name).limit(0);
        if (fromNew) {
            builder.fromNew();
        }
        try (Receiver receiver = builder.receive()) {
            Subscription made = receiver.subscription();
            print(made.id(), made.resumed(), fromNew ? 0 : made.backlogAtStart());
        } catch (RefusedException e) {
            printExisting(client, e);
        }
    }

    /** One that somebody reads just now is there, and that is all that was asked for. */
    private void printExisting(BlipClient client, RefusedException refusal) throws IOException {
        SubscriptionInfo existing = refusal.code() == HELD && !fromNew
                ? client.admin().subscription(name).orElse(null)
                : null;
        boolean same = existing != null && existing.topic().equals(topic) && existing.filter() == kind.isFilter(topic);
        if (!same) {
            throw refusal;
        }
        print(existing.id(), true, existing.backlog());
    }

    private void print(long id, boolean existed, long backlog) throws IOException {
        if (blipmq.isJson()) {
            new JsonLines(blipmq.terminal().output()).line(json -> {
                json.writeNumberField("id", id);
                json.writeStringField("name", name);
                json.writeStringField("topic", topic);
                json.writeBooleanField("existed", existed);
                json.writeNumberField("backlog", backlog);
            });
        } else {
            blipmq.print("subscribed to " + Printable.of(topic) + " as " + Printable.of(name) + ", subscription "
                    + Long.toUnsignedString(id) + (existed ? " (existed), " + backlog + " waiting" : "") + "\n");
        }
    }
}
