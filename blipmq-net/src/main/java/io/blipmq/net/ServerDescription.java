package io.blipmq.net;

import io.blipmq.protocol.Topics;
import io.blipmq.protocol.v2.Welcome;

/**
 * What clients of version 2 are told about this server. Immutable.
 *
 * @param name with its version
 * @param fsyncPolicy what a confirm stands for, as it is configured
 * @param inFlightMax deliveries that a subscription may have unsettled
 * @param ackTimeoutMillis time to settle a delivery when the client does not say otherwise
 */
public record ServerDescription(String name, String fsyncPolicy, int inFlightMax, long ackTimeoutMillis) {
    private static final int NO_FEATURES = 0;

    Welcome welcome(int frameLengthMax) {
        return new Welcome(
                NO_FEATURES, frameLengthMax, inFlightMax, Topics.NAME_BYTES_MAX, ackTimeoutMillis, name, fsyncPolicy);
    }
}
