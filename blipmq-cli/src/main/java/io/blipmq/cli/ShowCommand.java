package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.DeliveryInfo;
import io.blipmq.client.SubscriptionInfo;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Shows one subscription: its backlog, the attached client, and its unsettled deliveries.",
            "",
            SubscriptionPrinter.COUNTS,
            ""
        })
final class ShowCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Parameters(paramLabel = "SUB", description = "The subscription's name, or its id.")
    private String subscription;

    @Option(names = "--max", paramLabel = "N", description = "Maximum unsettled deliveries to show. Default: 20.")
    private int max = 20;

    @Override
    public Integer call() throws IOException {
        try (BlipClient client = blipmq.connect(spec)) {
            SubscriptionInfo info = Lookup.subscription(client, subscription);
            List<DeliveryInfo> deliveries = max > 0 ? client.admin().deliveries(info.id(), max) : List.of();
            if (blipmq.isJson()) {
                printJson(info, deliveries);
            } else {
                print(info, deliveries);
            }
        }
        return 0;
    }

    private void print(SubscriptionInfo info, List<DeliveryInfo> deliveries) throws IOException {
        StringBuilder text = new StringBuilder()
                .append("subscription  ")
                .append(Long.toUnsignedString(info.id()))
                .append(info.name().isEmpty() ? "" : " " + Printable.of(info.name()))
                .append("\ntopic         ")
                .append(Printable.of(info.topic()))
                .append("\nkind          ")
                .append(SubscriptionPrinter.kind(info))
                .append(", QoS ")
                .append(info.qos())
                .append("\nattached      ")
                .append(Printable.of(SubscriptionPrinter.attached(info)))
                .append("\nbacklog       ")
                .append(info.backlog())
                .append(" (")
                .append(info.dueAgain())
                .append(" due again, ")
                .append(info.delayed())
                .append(" delayed)\nin flight     ")
                .append(info.inFlight())
                .append("\nmoving        ")
                .append(info.moving())
                .append(info.moving() == 0 ? "" : " (to the dead letters, or back)")
                .append("\noldest        ")
                .append(SubscriptionPrinter.oldest(info))
                .append('\n');
        if (info.memberCount() > 0) {
            Table table = new Table("MEMBER", "ADDRESS", "CREDIT", "IN HAND");
            info.members()
                    .forEach(member -> table.row(
                            member.clientName().isEmpty() ? "-" : member.clientName(),
                            member.clientAddress(),
                            member.credit() == SubscriptionInfo.UNLIMITED_CREDIT ? "unlimited" : member.credit(),
                            member.inHand()));
            text.append('\n').append(table);
        }
        if (!deliveries.isEmpty()) {
            Table table = new Table("TAG", "ATTEMPT", "STATE", "DEADLINE", "BYTES", "PUBLISHED");
            deliveries.forEach(delivery -> table.row(
                    Long.toUnsignedString(delivery.tag()),
                    delivery.attempt(),
                    delivery.state(),
                    Printable.duration(delivery.deadline()),
                    delivery.bytes(),
                    delivery.published()));
            text.append('\n').append(table);
        }
        blipmq.print(text.toString());
    }

    private void printJson(SubscriptionInfo info, List<DeliveryInfo> deliveries) throws IOException {
        new JsonLines(blipmq.terminal().output()).line(json -> {
            SubscriptionPrinter.fields(json, info);
            json.writeArrayFieldStart("deliveries");
            for (DeliveryInfo delivery : deliveries) {
                json.writeStartObject();
                json.writeNumberField("tag", delivery.tag());
                json.writeNumberField("attempt", delivery.attempt());
                json.writeStringField("state", delivery.state());
                json.writeNumberField("deadlineMillis", delivery.deadline().toMillis());
                json.writeNumberField("bytes", delivery.bytes());
                json.writeStringField("published", delivery.published().toString());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }
}
