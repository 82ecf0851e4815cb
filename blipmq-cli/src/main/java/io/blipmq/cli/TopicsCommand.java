package io.blipmq.cli;

import io.blipmq.client.BlipClient;
import io.blipmq.client.TopicInfo;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Owned by the main thread. {@code blipmq topics}. */
@Command(
        name = "topics",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {"Lists the topics that the key has subscriptions to.", ""})
final class TopicsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private BlipCommand blipmq;

    @Override
    public Integer call() throws IOException {
        try (BlipClient client = blipmq.connect(spec)) {
            List<TopicInfo> topics = client.admin().topics();
            if (blipmq.isJson()) {
                printJson(topics);
            } else {
                Table table = new Table("TOPIC", "KIND", "DURABLE", "TEMPORARY");
                topics.forEach(topic -> table.row(
                        topic.name(),
                        topic.filter() ? "filter" : "topic",
                        topic.durableSubscriptions(),
                        topic.passingSubscriptions()));
                blipmq.print(table.toString());
            }
        }
        return 0;
    }

    private void printJson(List<TopicInfo> topics) throws IOException {
        JsonLines lines = new JsonLines(blipmq.terminal().output());
        for (TopicInfo topic : topics) {
            lines.line(json -> {
                json.writeStringField("topic", topic.name());
                json.writeBooleanField("filter", topic.filter());
                json.writeNumberField("durableSubscriptions", topic.durableSubscriptions());
                json.writeNumberField("temporarySubscriptions", topic.passingSubscriptions());
            });
        }
    }
}
