package io.blipmq.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blipmq.client.BlipClient;
import io.blipmq.client.ScheduledMessage;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq scheduled list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Lists messages that are to be delivered later, in the order of their time to within about two minutes.",
            ""
        })
final class ScheduledListCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private ScheduledCommand scheduled;

    @Option(names = "--max", paramLabel = "N", description = "Maximum messages to list. Default: 20.")
    private int max = 20;

    @Override
    public Integer call() throws IOException {
        if (max < 1) {
            throw new ParameterException(spec.commandLine(), "--max takes 1 or more, not " + max);
        }
        try (BlipClient client = scheduled.blipmq().connect(spec)) {
            List<ScheduledMessage> messages = client.admin().scheduled(max);
            if (scheduled.blipmq().isJson()) {
                printJson(messages);
            } else {
                print(messages);
            }
        }
        return 0;
    }

    private void print(List<ScheduledMessage> messages) throws IOException {
        Table table = new Table("NUMBER", "DUE", "BYTES", "TOPIC");
        for (ScheduledMessage message : messages) {
            table.row(Long.toUnsignedString(message.number()), message.due(), message.bodyBytes(), message.topic());
        }
        scheduled.blipmq().print(table.toString());
    }

    private void printJson(List<ScheduledMessage> messages) throws IOException {
        JsonLines lines = new JsonLines(scheduled.blipmq().terminal().output());
        for (ScheduledMessage message : messages) {
            lines.line(json -> fields(json, message));
        }
    }

    private static void fields(JsonGenerator json, ScheduledMessage message) throws IOException {
        json.writeNumberField("number", message.number());
        json.writeStringField("due", message.due().toString());
        json.writeNumberField("bytes", message.bodyBytes());
        json.writeStringField("topic", message.topic());
    }
}
