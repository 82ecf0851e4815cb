package io.blipmq.cli;

import io.blipmq.client.SubscriptionBuilder;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Owned by the main thread. Which durable subscription a command reads, alone or as one of a group; perhaps none. */
final class DurableName {
    @Option(names = "--name", paramLabel = "NAME", description = "Make the subscription durable, under this name.")
    private String name = "";

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description = "As --name, and share it: each message goes to one of the clients that have the group. With "
                    + "--qos 0 nothing is stored, and the group ends with its last client.")
    private String group = "";

    void requireValid(CommandSpec caller) {
        BlipCommand.requireIntact(caller, "the name", name, "set LC_ALL=C.UTF-8");
        BlipCommand.requireIntact(caller, "the group", group, "set LC_ALL=C.UTF-8");
        if (!name.isEmpty() && !group.isEmpty()) {
            throw new ParameterException(caller.commandLine(), "give --name or --group, not both");
        }
    }

    /** The name, or the group's; empty when there is none. */
    String given() {
        return group.isEmpty() ? name : group;
    }

    boolean isGiven() {
        return !name.isEmpty() || !group.isEmpty();
    }

    /** At QoS 0 only a group has a name. */
    void requireValidAtQos0(CommandSpec caller) {
        if (!name.isEmpty()) {
            throw new ParameterException(
                    caller.commandLine(),
                    "--qos 0 cannot be combined with --name, which makes a subscription durable; --group shares one");
        }
    }

    SubscriptionBuilder applyTo(SubscriptionBuilder subscription) {
        return group.isEmpty() ? subscription.name(name) : subscription.group(group);
    }

    /** For a person, behind the topic; empty when there is none. */
    String described() {
        if (!group.isEmpty()) {
            return " in group " + Printable.of(group);
        }
        return name.isEmpty() ? "" : " as " + Printable.of(name);
    }
}
