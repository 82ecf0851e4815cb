package io.blipmq.net.blip2;

import io.blipmq.net.NetTimes;
import io.blipmq.protocol.entry.PropertyLayout;
import io.blipmq.protocol.name.Topics;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.Welcome;
import java.util.concurrent.TimeUnit;

/**
 * What clients of version 2 are told about this server. Immutable.
 *
 * @param name with its version
 * @param fsyncPolicy what a confirm stands for, as it is configured
 * @param inFlightMax deliveries that a subscription may have unsettled
 * @param subscriptionsMax that one connection may have
 * @param attemptsMax deliveries of a message before it becomes a dead letter; 0: without limit
 * @param ackTimeoutMillis time to settle a delivery when the client does not say otherwise
 */
public record ServerDescription(
        String name,
        String fsyncPolicy,
        int inFlightMax,
        int subscriptionsMax,
        int attemptsMax,
        long ackTimeoutMillis) {
    private static final int FEATURES = Welcome.GROUPS | Welcome.FILTERS | Welcome.DELIVER_AT | Welcome.DEDUPLICATION;

    /** To a client without a heartbeat. */
    Welcome welcome(NetTimes times, int frameLengthMax) {
        Welcome.Limits limits = new Welcome.Limits(
                frameLengthMax,
                Topics.NAME_BYTES_MAX,
                AttachLayout.NAME_BYTES_MAX,
                PropertyLayout.BYTES_MAX,
                inFlightMax,
                subscriptionsMax,
                attemptsMax);
        Welcome.Times waits = new Welcome.Times(
                ackTimeoutMillis,
                0,
                TimeUnit.NANOSECONDS.toMillis(times.inputNanos()),
                TimeUnit.NANOSECONDS.toMillis(times.outputNanos()));
        return new Welcome(FEATURES, limits, waits, name, fsyncPolicy);
    }
}
