package io.blipmq.net.blip2;

import io.blipmq.broker.Client;
import io.blipmq.broker.DeadLetterProgress;
import io.blipmq.broker.ScheduleProgress;
import io.blipmq.broker.journal.OwnerId;
import io.blipmq.net.EndReason;
import io.blipmq.net.SessionHost;
import io.blipmq.net.blip.BlipResources;
import io.blipmq.net.blip.BlipSession;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.v2.AnswerEncoder;
import io.blipmq.protocol.v2.HandshakeLayout;
import io.blipmq.protocol.v2.V2Nack;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/** A session of version 2: its requests after AUTH, each with its handler, its pushes and its GOAWAY. Owned by the broker thread. */
final class Blip2Session extends BlipSession {
    /** Heartbeats that may be missed. */
    private static final int HEARTBEATS_MISSED_MAX = 2;

    private final Blip2 version;
    private final Greeting greeting;
    private final Blip2Answers answers;
    private final DeliverWriter pushes;
    private final BatchProgress batch = new BatchProgress();
    /** Null before the first request about dead letters. */
    private DeadLetterProgress letters;
    /** Null before the first request about scheduled messages. */
    private ScheduleProgress schedule;

    private long attachNumber;
    /** Why the server ends the session, until the client has been told. */
    private Refusal goodbye;

    /** @param greeting what the client has said of itself */
    Blip2Session(BlipResources shared, Blip2 version, SessionHost host, Greeting greeting) {
        super(shared, host, version);
        this.version = version;
        this.greeting = greeting;
        answers = new Blip2Answers(this, shared);
        pushes = new DeliverWriter(host.output(), host::onOutput);
    }

    /** Nothing can wait before AUTH, so this is the next answer. */
    @Override
    protected void answerHello(long correlationId) {
        ByteBuffer frame =
                version.welcome().withHeartbeat(greeting.heartbeatMillis()).encode(correlationId);
        output().append(frame.remaining()).put(frame);
    }

    /** An older connection of the same client gives way first, so that its subscriptions are free. */
    @Override
    protected Client connect(OwnerId owner, String address) {
        version.instances().enter(owner, greeting.instance(), this);
        return broker().connect(owner, greeting.name(), address, pushes);
    }

    @Override
    protected boolean onRequest(FrameType type, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        return switch (type) {
            case PUBLISH_BATCH -> PublishBatchHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case ATTACH -> AttachHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case CREDIT -> CreditHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case SETTLE -> SettleHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case DETACH -> DetachHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case DRAIN -> DrainHandler.onFrame(this, correlationId, payloadLength);
            case LIST -> ListHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case CANCEL -> CancelHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            case DEAD_LETTERS -> DeadLettersHandler.onFrame(this, correlationId, buffer, payload, payloadLength);
            default -> onCommonRequest(type, correlationId);
        };
    }

    @Override
    protected Blip2Answers answers() {
        return answers;
    }

    /** Output was offered to the socket: the broker learns of room that it was refused before. */
    @Override
    public void onWritten() {
        if (client() != null && pushes.takeRoomAgain()) {
            broker().pushes().onRoom(client());
        }
    }

    @Override
    public long silenceNanosMax() {
        return isReady() ? HEARTBEATS_MISSED_MAX * TimeUnit.MILLISECONDS.toNanos(greeting.heartbeatMillis()) : 0;
    }

    @Override
    public boolean isOutputTimed() {
        return true;
    }

    // --- the end ---

    @Override
    public void onShutdown() {
        if (host().shutdownMillis() >= 0 && isReady()) {
            goAway(V2Nack.SHUTTING_DOWN, host().shutdownMillis());
            host().onOutput();
        }
    }

    /** A newer connection of the same client has authenticated. */
    void replace() {
        host().replace();
    }

    @Override
    protected String text(EndReason reason, String text) {
        return reason == EndReason.SILENCE ? "the client sent nothing for more than twice its heartbeat" : text;
    }

    @Override
    protected void end(Refusal why) {
        goodbye = why;
        super.end(why);
    }

    @Override
    public boolean owesGoodbye() {
        return goodbye != null;
    }

    @Override
    public void sayGoodbye() {
        goAway(goodbye, 0);
        goodbye = null;
    }

    /** @param millis in which what is held may be settled; 0: this is the last that is said */
    private void goAway(Refusal why, int millis) {
        int frameBytes = HandshakeLayout.goAwayFrameBytes(why.encodedText().length);
        AnswerEncoder.goAway(output().append(frameBytes), why, millis);
    }

    @Override
    protected void onDisconnected(OwnerId owner) {
        version.instances().leave(owner, greeting.instance(), this);
    }

    // --- for the handlers ---

    /** What a delivery may take when the client does not say. */
    long ackTimeoutMillis() {
        return version.welcome().times().ackMillis();
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

    /** Of the request about scheduled messages that is under way. */
    ScheduleProgress schedule() {
        if (schedule == null) {
            schedule = new ScheduleProgress();
        }
        return schedule;
    }

    Blip2 version() {
        return version;
    }
}
