package io.blipmq.cli;

import io.blipmq.client.DeadLetterOutcome;
import java.io.IOException;
import picocli.CommandLine;

/** Says what came of acting on dead letters: how many on standard output, and on standard error why others stay. Stateless. */
final class LetterReport {
    private LetterReport() {}

    /** @param what {@code redriven} or {@code purged} @return the exit status: 1 when letters stay that were meant */
    static int print(BlipCommand blipmq, String what, DeadLetterOutcome outcome) throws IOException {
        if (blipmq.isJson()) {
            new JsonLines(blipmq.terminal().output()).line(json -> {
                json.writeNumberField(what, outcome.count());
                json.writeNumberField("gone", outcome.gone());
                json.writeNumberField("full", outcome.full());
            });
        } else {
            blipmq.print(what + " " + outcome.count() + "\n");
        }
        if (outcome.gone() > 0) {
            say(
                    blipmq,
                    outcome.gone(),
                    "the subscription in which they failed no longer exists; --to SUB returns them to another");
        }
        if (outcome.full() > 0) {
            say(
                    blipmq,
                    outcome.full(),
                    "their subscription has reached its limit of unsettled deliveries, or the disk is full; try "
                            + "again later");
        }
        return outcome.gone() + outcome.full() == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private static void say(BlipCommand blipmq, long count, String why) {
        blipmq.terminal().errors().println(count + (count == 1 ? " letter stays: " : " letters stay: ") + why);
    }

    /** There is no subscription to such dead letters, so there are none, which is no failure. */
    static int printNone(BlipCommand blipmq, String what, String topic) throws IOException {
        sayNone(blipmq, topic);
        return print(blipmq, what, new DeadLetterOutcome(0, 0, 0, 0, 0));
    }

    static void sayNone(BlipCommand blipmq, String topic) {
        blipmq.terminal().errors().println("topic '" + Printable.of(topic) + "' has no dead letters");
    }
}
