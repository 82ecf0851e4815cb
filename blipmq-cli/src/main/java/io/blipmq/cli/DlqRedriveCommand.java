package io.blipmq.cli;

import io.blipmq.client.BlipAdmin;
import io.blipmq.client.BlipClient;
import io.blipmq.client.DeadLetterOutcome;
import io.blipmq.client.DeadLetterSelection;
import io.blipmq.client.SubscriptionInfo;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq dlq redrive}. */
@Command(
        name = "redrive",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Returns dead letters to the subscription in which each failed, as if never delivered there.",
            "",
            "--all means the letters that exist at the start; those that arrive meanwhile stay. If letters "
                    + "stay because their subscription no longer exists or has reached its limit of unsettled "
                    + "deliveries, it says so and ends with status 1.",
            ""
        })
final class DlqRedriveCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private DlqCommand dlq;

    @Mixin
    private LetterChoice choice;

    @Option(
            names = "--to",
            paramLabel = "SUB",
            description = "Return them to this durable subscription, of any topic: its name or its id.")
    private String target;

    @Option(names = "--rate", paramLabel = "N", description = "Maximum letters per second. Default: unlimited.")
    private double rate;

    @Override
    public Integer call() throws IOException {
        choice.requireValid(spec);
        if (!(rate >= 0)) {
            throw new ParameterException(spec.commandLine(), "--rate takes 0 or more");
        }
        try (BlipClient client = dlq.blipmq().connect(spec)) {
            Optional<SubscriptionInfo> letters = Lookup.deadLetters(client, choice.topic());
            if (letters.isEmpty()) {
                return LetterReport.printNone(dlq.blipmq(), "redriven", choice.topic());
            }
            return LetterReport.print(
                    dlq.blipmq(), "redriven", redrive(client, letters.get().id()));
        }
    }

    private DeadLetterOutcome redrive(BlipClient client, long letters) throws IOException {
        BlipAdmin admin = client.admin();
        long to = target == null ? 0 : Lookup.subscription(client, target).id();
        DeadLetterSelection left = choice.selection(client);
        if (rate == 0) {
            return admin.redrive(letters, left, to);
        }
        Rate pace = new Rate(rate);
        pace.await();
        DeadLetterOutcome part = admin.redrive(letters, left.atMost(1), to);
        DeadLetterOutcome all = part;
        for (left = left.behind(part); part.next() != 0 && left.count() > 0; left = left.behind(part)) {
            pace.await();
            part = admin.redrive(letters, left.atMost(1), to);
            all = all.and(part);
        }
        return all;
    }
}
