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
 * @param nameBytesMax longest name of a subscription
 * @param propertiesBytesMax most bytes of properties of one message
 * @param subscriptionsMax subscriptions that one connection may have
 * @param attemptsMax deliveries of a message before it becomes a dead letter; 0: without limit
 * @param ackTimeout time to settle a delivery, when the subscription does not say otherwise
 * @param heartbeat in which the client sends something; zero: it need not
 * @param inputDeadline in which a frame that has begun must make progress
 * @param outputDeadline in which the client must take some of what it is sent
 */
public record ServerInfo(
        String server,
        String fsyncPolicy,
        int frameBytesMax,
        long inFlightMax,
        int topicBytesMax,
        int nameBytesMax,
        long propertiesBytesMax,
        long subscriptionsMax,
        long attemptsMax,
        Duration ackTimeout,
        Duration heartbeat,
        Duration inputDeadline,
        Duration outputDeadline) {}
