package io.blipmq.cli;

import io.blipmq.client.BlipAdmin;
import io.blipmq.client.BlipClient;
import java.io.IOException;
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
            "Puts dead letters back into the subscription that each failed in, as if they had never been delivered there.",
            "",
            "It ends early when a subscription has as many unsettled deliveries as it may, or is gone.",
            ""
        })
final class DlqRedriveCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private DlqCommand dlq;

    @Mixin
    private LetterChoice choice;

    @Option(names = "--rate", paramLabel = "N", description = "N letters a second. Default: as fast as it goes.")
    private double rate;

    @Override
    public Integer call() throws IOException {
        choice.requireValid(spec);
        if (!(rate >= 0)) {
            throw new ParameterException(spec.commandLine(), "--rate takes 0 or more");
        }
        try (BlipClient client = dlq.blipmq().connect(spec)) {
            BlipAdmin admin = client.admin();
            long id = Lookup.deadLetters(client, choice.topic()).orElseThrow().id();
            long redriven = choice.tag() != null
                    ? (admin.redriveOne(id, choice.tag()) ? 1 : 0)
                    : Batches.run(choice.count(), rate, count -> admin.redrive(id, count));
            dlq.blipmq().printCount("redriven", redriven);
        }
        return 0;
    }
}
