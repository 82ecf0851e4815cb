package io.blipmq.client;

import java.time.Duration;

/**
 * What the broker said of itself when it let the client in. Immutable.
 *
 * @param server its name and version
 * @param fsyncPolicy what a confirm at QoS 1 stands for: {@code always}, {@code every_n:64} and so on
 * @param frameBytesMax the largest frame it takes, and so about the largest message
 * @param inFlightMax deliveries that a subscription may have unsettled
 * @param topicBytesMax longest name of a topic
 * @param ackTimeout time to settle a delivery, when the subscription does not say otherwise
 */
public record ServerInfo(
        String server,
        String fsyncPolicy,
        int frameBytesMax,
        long inFlightMax,
        int topicBytesMax,
        Duration ackTimeout) {}
