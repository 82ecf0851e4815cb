package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq scheduled cancel}. */
@Command(
        name = "cancel",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Cancels messages that are to be delivered later.",
            "",
            "Ends with status 1 when one of them is not scheduled any more, or never was; the others are cancelled.",
            ""
        })
final class ScheduledCancelCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private ScheduledCommand scheduled;

    @Parameters(arity = "1..*", paramLabel = "NUMBER", description = "The messages' numbers, from scheduled list.")
    private String[] numbers;

    @Override
    public Integer call() throws IOException {
        long[] parsed = new long[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            parsed[i] = parse(numbers[i]);
        }
        int cancelled = 0;
        try (BlipClient client = scheduled.blipmq().connect(spec)) {
            for (long number : parsed) {
                if (client.admin().cancelScheduled(number)) {
                    cancelled++;
                } else {
                    scheduled
                            .blipmq()
                            .terminal()
                            .errors()
                            .println("message " + Long.toUnsignedString(number) + " is not scheduled");
                }
            }
        }
        report(cancelled);
        return cancelled == numbers.length ? 0 : 1;
    }

    private long parse(String number) {
        try {
            return Long.parseUnsignedLong(number);
        } catch (NumberFormatException e) {
            throw new ParameterException(spec.commandLine(), "not a message's number: " + Printable.of(number), e);
        }
    }

    private void report(int cancelled) throws IOException {
        if (scheduled.blipmq().isJson()) {
            new JsonLines(scheduled.blipmq().terminal().output())
                    .line(json -> json.writeNumberField("cancelled", cancelled));
        } else {
            scheduled.blipmq().print("cancelled " + cancelled + "\n");
        }
    }
}
