package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.DeadLetterMessage;
import io.blipmq.client.SubscriptionInfo;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq dlq show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {"Shows a topic's dead letters: why each is one, and how it begins. They stay where they are.", ""
        })
final class DlqShowCommand implements Callable<Integer> {
    private static final int BEGINNING_CHARACTERS = 48;

    @Spec
    private CommandSpec spec;

    @ParentCommand
    private DlqCommand dlq;

    @Parameters(paramLabel = "TOPIC", description = "The topic whose letters they are, or the id from dlq list.")
    private String topic;

    @Option(names = "--max", paramLabel = "N", description = "Letters that are shown, oldest first. Default: 20.")
    private int max = 20;

    @Override
    public Integer call() throws IOException {
        if (max < 1) {
            throw new ParameterException(spec.commandLine(), "--max takes 1 or more, not " + max);
        }
        try (BlipClient client = dlq.blipmq().connect(spec)) {
            Optional<SubscriptionInfo> found = Lookup.deadLetters(client, topic);
            List<DeadLetterMessage> letters = found.isEmpty()
                    ? List.of()
                    : client.admin().deadLetters(found.get().id(), max);
            if (dlq.blipmq().isJson()) {
                printJson(letters);
            } else {
                print(letters);
            }
        }
        return 0;
    }

    private void print(List<DeadLetterMessage> letters) throws IOException {
        Table table = new Table("TAG", "FAILED IN", "ATTEMPTS", "SINCE", "REASON", "MESSAGE");
        letters.forEach(letter -> table.row(
                Long.toUnsignedString(letter.tag()),
                Long.toUnsignedString(letter.why().subscription()),
                letter.why().attempts(),
                letter.why().since(),
                letter.why().reason(),
                Printable.beginning(letter.text(), BEGINNING_CHARACTERS)));
        dlq.blipmq().print(table.toString());
    }

    private void printJson(List<DeadLetterMessage> letters) throws IOException {
        JsonLines lines = new JsonLines(dlq.blipmq().terminal().output());
        for (DeadLetterMessage letter : letters) {
            lines.line(json -> {
                json.writeNumberField("tag", letter.tag());
                json.writeStringField("published", letter.published().toString());
                json.writeNumberField("failedSubscription", letter.why().subscription());
                json.writeNumberField("attempts", letter.why().attempts());
                json.writeStringField("reason", letter.why().reason());
                json.writeStringField("since", letter.why().since().toString());
                JsonLines.headers(json, letter.headers());
                JsonLines.body(json, letter.body());
            });
        }
    }
}
