package io.blipmq.cli.bench;

import io.blipmq.client.BlipClient;
import java.util.function.Supplier;

/**
 * What is measured. Immutable.
 *
 * @param connect makes a client
 * @param topic the first part of all topics' names
 * @param subscribers on each topic
 * @param messages in all; beside it {@code seconds} ends the run
 * @param messageBytes of each body, at least {@link Payload#BYTES_MIN}
 * @param window messages that a publisher may have unconfirmed
 * @param ratePerSecond of all publishers together; 0: as fast as it goes
 */
public record BenchPlan(
        Supplier<BlipClient> connect,
        String topic,
        int publishers,
        int subscribers,
        int topics,
        long messages,
        double seconds,
        int messageBytes,
        int qos,
        int window,
        double ratePerSecond) {

    String topicName(int number) {
        return topic + "/" + number;
    }
}
