package io.blipmq.net;

/**
 * How much the server does at a time, and holds for one connection. Immutable.
 *
 * @param readBufferBytes what a turn reads at most: large enough to make a turn's fixed cost small, small enough for the
 *     cache. A packet of more than half of it is assembled in a buffer of its own
 * @param packetsPerRead about as many packets of a connection are read in a turn. Each may be for another topic, and what it
 *     touches has to be in the processor's cache still when the turn comes to push. With one message of 100 bytes in
 *     each, what is pushed for them to one connection stays below {@link Output#pushHighWaterBytes}, so that all of them
 *     go the short way
 * @param workPerTurnMax how many subscriptions and deliveries a connection's requests may make the broker look at in a
 *     turn; the request that reaches it is the last one. Twice what a subscription may have in flight by default, about a
 *     millisecond
 * @param strangerPacketBytesMax a packet of a peer that has not shown who it is: far more than a handshake needs; 64 KiB
 *     behind a length
 * @param wrongKeysMax keys that a connection may get wrong
 * @param pendingAnswersMax answers that may wait for the log: far more than a client has use for before it reads one
 * @param inputFloorBytes what a packet that has begun must add in {@link NetTimes#inputNanos}: far less than any network
 *     brings, enough to keep nobody's buffer for long
 * @param unbudgetedBytes what every connection may hold however little room there is, so that handshakes and small packets
 *     go on while others fill the budget with large ones; the smallest buffer there is
 * @param acceptsPerTurn enough to serve a storm of clients quickly, few enough to keep a turn short
 * @param surplusMax connections beyond {@code max_connections} that are held until they have said their version
 * @param output see there
 */
public record NetLimits(
        int readBufferBytes,
        int packetsPerRead,
        int workPerTurnMax,
        int strangerPacketBytesMax,
        int wrongKeysMax,
        int pendingAnswersMax,
        int inputFloorBytes,
        int unbudgetedBytes,
        int acceptsPerTurn,
        int surplusMax,
        Output output) {

    /** Answers that one packet can bring about: a batch of messages may be accepted in part. */
    public static final int ANSWERS_PER_PACKET_MAX = 2;

    public NetLimits {
        require(readBufferBytes >= 2 * InputBuffer.READ_BYTES_MIN, "readBufferBytes must hold two reads");
        require(
                packetsPerRead > 0 && workPerTurnMax > 0 && acceptsPerTurn > 0,
                "packetsPerRead, workPerTurnMax and acceptsPerTurn must be positive");
        require(pendingAnswersMax > ANSWERS_PER_PACKET_MAX, "pendingAnswersMax must hold the answers to a packet");
        require(
                inputFloorBytes > 0 && wrongKeysMax > 0 && surplusMax >= 0,
                "inputFloorBytes and wrongKeysMax must be positive, and surplusMax not negative");
        require(
                output.pushHighWaterBytes <= output.highWaterBytes,
                "pushHighWaterBytes must not exceed highWaterBytes");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /**
     * How much output waits for one connection. Immutable.
     *
     * @param highWaterBytes above it a connection is neither read nor polled for; one message may go beyond it
     * @param pushHighWaterBytes above it nothing is pushed; one run of messages may go beyond it. Lower, so that however
     *     fast messages come, what settles them is read
     * @param strangerHighWaterBytes above it a peer that has not shown who it is is not read: far more than the answers
     *     of a handshake, so that strangers cannot take the room for output
     * @param firstChunkBytes enough for a turn's answers of a calm connection
     * @param chunkBytes of every further buffer
     */
    public record Output(
            int highWaterBytes,
            int pushHighWaterBytes,
            int strangerHighWaterBytes,
            int firstChunkBytes,
            int chunkBytes) {}

    public static NetLimits defaults() {
        return new NetLimits(
                256 * 1024,
                768,
                32_768,
                64 * 1024 + 4,
                3,
                4096,
                64 * 1024,
                1024,
                128,
                16,
                new Output(256 * 1024, 128 * 1024, 2 * 1024, 4 * 1024, 32 * 1024));
    }

    /** Packets larger than this are assembled in a buffer of their own. */
    int largePacketBytes() {
        return readBufferBytes / 2;
    }
}
