package io.blipmq.net;

import java.util.concurrent.TimeUnit;

/**
 * How long the server waits for what, in nanoseconds. Immutable.
 *
 * @param handshakeNanos of a peer to show who it is; longer than any network needs, short enough to get rid of strangers
 * @param inputNanos in which a packet that has begun makes progress: {@link NetLimits#inputFloorBytes}, or its end
 * @param inputShortNanos likewise, while others wait for the room that it takes
 * @param inputPauseNanos for each MiB that has come of a large packet, which leaves its room to another one when it has brought
 *     nothing for so long: far longer than it takes to copy the MiB
 * @param outputNanos in which waiting output makes progress; where the protocol does not ask for that, only while others
 *     need the room that it takes
 * @param lastAnswersNanos to take the last answers of a session that ends
 * @param diskNanos for room on a full disk
 * @param heartbeatMinNanos the shortest heartbeat that is kept to
 * @param heartbeatMaxNanos the longest one
 * @param surplusNanos to say something on a connection that is one too many
 * @param lingerNanos in which a peer that was told why it is closed may read that, and close
 * @param sweepNanos how exactly all of these are timed
 * @param acceptPauseNanos until another connection is accepted when there was no file descriptor for one
 * @param retryNanos how soon a connection that waits for room tries again if nothing happens before
 */
public record NetTimes(
        long handshakeNanos,
        long inputNanos,
        long inputShortNanos,
        long inputPauseNanos,
        long outputNanos,
        long lastAnswersNanos,
        long diskNanos,
        long heartbeatMinNanos,
        long heartbeatMaxNanos,
        long surplusNanos,
        long lingerNanos,
        long sweepNanos,
        long acceptPauseNanos,
        long retryNanos) {

    public static NetTimes defaults() {
        return new NetTimes(
                TimeUnit.SECONDS.toNanos(10),
                TimeUnit.SECONDS.toNanos(60),
                TimeUnit.SECONDS.toNanos(2),
                TimeUnit.MILLISECONDS.toNanos(5),
                TimeUnit.SECONDS.toNanos(10),
                TimeUnit.SECONDS.toNanos(60),
                TimeUnit.SECONDS.toNanos(60),
                TimeUnit.SECONDS.toNanos(1),
                TimeUnit.SECONDS.toNanos(600),
                TimeUnit.SECONDS.toNanos(1),
                TimeUnit.SECONDS.toNanos(2),
                TimeUnit.SECONDS.toNanos(1),
                TimeUnit.SECONDS.toNanos(1),
                TimeUnit.MILLISECONDS.toNanos(10));
    }
}
