package io.blipmq.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blipmq.client.BlipAdmin;
import io.blipmq.client.BlipClient;
import io.blipmq.client.DeadLetterMessage;
import io.blipmq.client.SubscriptionInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
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
        description = {"Shows a topic's dead letters: why each is one, and how its message begins. Changes nothing.", ""
        })
final class DlqShowCommand implements Callable<Integer> {
    private static final int BEGINNING_CHARACTERS = 48;

    @Spec
    private CommandSpec spec;

    @ParentCommand
    private DlqCommand dlq;

    @Parameters(paramLabel = "TOPIC", description = "The topic of the letters, or the id from dlq list.")
    private String topic;

    @Option(names = "--max", paramLabel = "N", description = "Maximum letters to show, oldest first. Default: 20.")
    private int max = 20;

    @Override
    public Integer call() throws IOException {
        if (max < 1) {
            throw new ParameterException(spec.commandLine(), "--max takes 1 or more, not " + max);
        }
        try (BlipClient client = dlq.blipmq().connect(spec)) {
            Optional<SubscriptionInfo> letters = Lookup.deadLetters(client, topic);
            if (letters.isEmpty()) {
                LetterReport.sayNone(dlq.blipmq(), topic);
            } else if (dlq.blipmq().isJson()) {
                printJson(client.admin(), letters.get().id());
            } else {
                print(client.admin(), letters.get().id());
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return 0;
    }

    private void print(BlipAdmin admin, long letters) throws IOException {
        Table table = new Table("TAG", "FAILED IN", "ATTEMPTS", "SINCE", "REASON", "MESSAGE");
        admin.deadLetters(
                letters,
                max,
                letter -> table.row(
                        Long.toUnsignedString(letter.tag()),
                        Long.toUnsignedString(letter.why().subscription()),
                        letter.why().attempts(),
                        letter.why().since(),
                        letter.why().reason(),
                        Printable.beginning(letter.body(), BEGINNING_CHARACTERS)));
        dlq.blipmq().print(table.toString());
    }

    private void printJson(BlipAdmin admin, long letters) {
        JsonLines lines = new JsonLines(dlq.blipmq().terminal().output());
        admin.deadLetters(letters, max, letter -> {
            try {
                lines.line(json -> fields(json, letter));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void fields(JsonGenerator json, DeadLetterMessage letter) throws IOException {
        json.writeNumberField("tag", letter.tag());
        json.writeStringField("published", letter.published().toString());
        json.writeNumberField("failedSubscription", letter.why().subscription());
        json.writeNumberField("attempts", letter.why().attempts());
        json.writeStringField("reason", letter.why().reason());
        json.writeStringField("since", letter.why().since().toString());
        JsonLines.headers(json, letter.headers());
        JsonLines.body(json, letter.body());
    }
}
