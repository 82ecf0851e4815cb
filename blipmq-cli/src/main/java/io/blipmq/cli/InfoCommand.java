package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.ServerInfo;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq info}. */
@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {"Shows the broker's version, fsync policy and limits.", ""})
final class InfoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Override
    public Integer call() throws IOException {
        try (BlipClient client = blipmq.connect(spec)) {
            ServerInfo info = client.info();
            if (blipmq.isJson()) {
                printJson(info);
            } else {
                print(info);
            }
        }
        return 0;
    }

    private void print(ServerInfo info) throws IOException {
        blipmq.print("server         " + Printable.of(info.server()) + "\n"
                + "address        " + blipmq.address(spec) + "\n"
                + "fsync policy   " + Printable.of(info.fsyncPolicy()) + "\n"
                + "largest frame  " + info.frameBytesMax() + " bytes\n"
                + "longest topic  " + info.topicBytesMax() + " bytes\n"
                + "in flight      " + info.inFlightMax() + " deliveries per subscription\n"
                + "ack timeout    " + Printable.duration(info.ackTimeout()) + "\n");
    }

    private void printJson(ServerInfo info) throws IOException {
        new JsonLines(blipmq.terminal().output()).line(json -> {
            json.writeStringField("server", info.server());
            json.writeStringField("address", blipmq.address(spec).toString());
            json.writeStringField("fsyncPolicy", info.fsyncPolicy());
            json.writeNumberField("frameBytesMax", info.frameBytesMax());
            json.writeNumberField("topicBytesMax", info.topicBytesMax());
            json.writeNumberField("inFlightMax", info.inFlightMax());
            json.writeNumberField("ackTimeoutMillis", info.ackTimeout().toMillis());
        });
    }
}
