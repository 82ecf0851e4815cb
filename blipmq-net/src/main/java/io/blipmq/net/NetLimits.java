package io.blipmq.net;

/**
 * How much the server does at a time, and holds for one connection. Immutable.
 *
 * @param readBufferBytes what a turn reads at most: large enough to make a turn's fixed cost small, small enough for the
 *     cache. A frame of more than half of it is assembled in a buffer of its own
 * @param framesPerRead about as many frames of a connection are read in a turn. Each may be for another topic, and what it
 *     touches has to be in the processor's cache still when the turn comes to push. With one message of 100 bytes in
 *     each, what is pushed for them to one connection stays below {@link Output#pushHighWaterBytes}, so that all of them
 *     go the short way
 * @param workPerTurnMax how many subscriptions and deliveries a connection's requests may make the broker look at in a
 *     turn; the request that reaches it is the last one. Twice what a subscription may have in flight by default, about a
 *     millisecond
 * @param strangerFrameBytesMax the length of a frame before AUTH: far more than HELLO and AUTH need
 * @param wrongKeysMax AUTHs that a connection may get wrong
 * @param pendingAnswersMax answers that may wait for the journal: far more than a client has use for before it reads one
 * @param inputFloorBytes what a frame that has begun must add in {@link NetTimes#inputNanos}: far less than any network
 *     brings, enough to keep nobody's buffer for long
 * @param unbudgetedBytes what every connection may hold however little room there is, so that handshakes and small frames
 *     go on while others fill the budget with large ones; the smallest buffer there is
 * @param acceptsPerTurn enough to serve a storm of clients quickly, few enough to keep a turn short
 * @param surplusMax connections beyond {@code max_connections} that are held until they have said their version
 * @param output see there
 */
public record NetLimits(
        int readBufferBytes,
        int framesPerRead,
        int workPerTurnMax,
        int strangerFrameBytesMax,
        int wrongKeysMax,
        int pendingAnswersMax,
        int inputFloorBytes,
        int unbudgetedBytes,
        int acceptsPerTurn,
        int surplusMax,
        Output output) {

    public NetLimits {
        require(readBufferBytes >= 2 * InputBuffer.READ_BYTES_MIN, "a turn reads too little");
        require(framesPerRead > 0 && workPerTurnMax > 0 && acceptsPerTurn > 0, "a turn does nothing");
        require(pendingAnswersMax > PendingAnswers.PER_FRAME_MAX, "no frame's answers may wait");
        require(inputFloorBytes > 0 && wrongKeysMax > 0 && surplusMax >= 0, "a bound below its least value");
        require(output.pushHighWaterBytes <= output.highWaterBytes, "more may be pushed than may wait");
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
     * @param strangerHighWaterBytes above it a peer that has not shown its key is not read: far more than the answers to
     *     HELLO and AUTH, so that strangers cannot take the room for output
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
                64 * 1024,
                3,
                4096,
                64 * 1024,
                1024,
                128,
                16,
                new Output(256 * 1024, 128 * 1024, 2 * 1024, 4 * 1024, 32 * 1024));
    }

    /** Frames larger than this are assembled in a buffer of their own. */
    int largeFrameBytes() {
        return readBufferBytes / 2;
    }
}
