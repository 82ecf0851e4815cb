package io.blipmq.net;

import io.blipmq.broker.BatchResult;
import io.blipmq.broker.Broker;
import io.blipmq.broker.Client;
import io.blipmq.broker.DeadLetterProgress;
import io.blipmq.broker.SettleRequest;
import io.blipmq.broker.SettleResult;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.broker.message.PublishBatch;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.v2.AnswerEncoder;
import io.blipmq.protocol.v2.HandshakeLayout;
import java.nio.ByteBuffer;

/** What a session of protocol version 2 has beside what all have. Owned by the broker thread. */
final class PushSession {
    private final LoopResources shared;
    private final Answers answers;
    private final OutputQueue output;
    private final Pushes pushes;
    private final BatchProgress batch = new BatchProgress();
    /** Null before the first request about dead letters. */
    private DeadLetterProgress letters;

    private final Greeting greeting;
    private long attachNumber;
    private Client client;

    /** @param greeting what the client has said of itself */
    PushSession(LoopResources shared, Answers answers, OutputQueue output, Pushes pushes, Greeting greeting) {
        this.shared = shared;
        this.answers = answers;
        this.output = output;
        this.pushes = pushes;
        this.greeting = greeting;
    }

    /** Handles what only this version has, after AUTH. */
    boolean onFrame(FrameType type, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        return switch (type) {
            case PUBLISH_BATCH -> PublishBatchHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case ATTACH -> AttachHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case CREDIT -> CreditHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case SETTLE -> SettleHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case DETACH -> DetachHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case DRAIN -> DrainHandler.onFrame(this, correlationId, payloadLength);
            case LIST -> ListHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case DEAD_LETTERS -> DeadLettersHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            default -> throw new IllegalStateException("no client of version 2 may send " + type);
        };
    }

    Client connect(OwnerId owner, String address) {
        client = shared.broker.connect(owner, greeting.name(), address, pushes);
        return client;
    }

    Greeting greeting() {
        return greeting;
    }

    /**
     * The connection is about to end.
     *
     * @param millis in which what is held may be settled; 0: this is the last that is said
     */
    void goAway(Refusal why, int millis) {
        int frameBytes = HandshakeLayout.goAwayFrameBytes(why.encodedText().length);
        AnswerEncoder.goAway(output.append(frameBytes), why, millis);
    }

    /** Called when output has been written: the broker learns of room that it was refused before. */
    void onWritten() {
        if (client != null && pushes.takeRoomAgain()) {
            shared.broker.pushes().onRoom(client);
        }
    }

    /** The broker knows this connection no more. */
    void onDisconnected() {
        client = null;
    }

    Broker broker() {
        return shared.broker;
    }

    Client client() {
        return client;
    }

    Answers answers() {
        return answers;
    }

    OutputQueue output() {
        return output;
    }

    /** What a delivery may take when the client does not say. */
    long ackTimeoutMillis() {
        return shared.welcome.times().ackMillis();
    }

    /** For one more request to attach. */
    long nextAttachNumber() {
        return ++attachNumber;
    }

    /** Of the batch that is being published. */
    BatchProgress batch() {
        return batch;
    }

    /** Of the request about dead letters that is under way. */
    DeadLetterProgress letters() {
        if (letters == null) {
            letters = new DeadLetterProgress();
        }
        return letters;
    }

    /** To be used during one call. */
    PublishBatch publishBatch() {
        return shared.publishBatch;
    }

    /** To be used during one call. */
    BatchResult batchResult() {
        return shared.batchResult;
    }

    /** To be used during one call. */
    SettleRequest settleRequest() {
        return shared.settleRequest;
    }

    /** To be used during one call. */
    SettleResult settleResult() {
        return shared.settleResult;
    }
}
