package io.blipmq.cli;

import io.blipmq.client.SubscriptionBuilder;
import picocli.CommandLine.Option;

/** Owned by the main thread. Whether a command's TOPIC is a filter of topics. */
final class TopicOrFilter {
    /** What the help says of TOPIC. */
    static final String DESCRIPTION =
            "The topic, 1 to 1024 bytes of UTF-8. A level that is + stands for any one level, "
                    + "# at the end for all that follow: 'sensors/+/temp', 'sensors/#'.";

    @Option(names = "--exact", description = "Take + and # in TOPIC as they are: it names one topic.")
    private boolean exact;

    boolean isFilter(String topic) {
        return !exact && SubscriptionBuilder.hasWildcard(topic);
    }

    /** @param topic that the subscription is to */
    SubscriptionBuilder applyTo(SubscriptionBuilder subscription, String topic) {
        return isFilter(topic) ? subscription.filter() : subscription;
    }
}
