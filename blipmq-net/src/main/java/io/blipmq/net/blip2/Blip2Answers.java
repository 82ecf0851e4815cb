package io.blipmq.net.blip2;

import io.blipmq.broker.AttachedInfo;
import io.blipmq.net.blip.AnswerKind;
import io.blipmq.net.blip.Answers;
import io.blipmq.net.blip.BlipResources;
import io.blipmq.protocol.FrameEncoder;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.v2.AnswerEncoder;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.LettersDone;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.SettleLayout;
import io.blipmq.protocol.v2.V2Nack;
import java.nio.ByteBuffer;

/** The answers that version 2 has beside those of all versions. Owned by the broker thread. */
final class Blip2Answers extends Answers<Blip2Session> {
    private static final byte[] NO_TEXT = {};

    private static final AnswerKind<Blip2Session> CONFIRM = Blip2Answers::writeConfirm;
    private static final AnswerKind<Blip2Session> CONFIRM_DUPLICATES = Blip2Answers::writeDuplicates;
    private static final AnswerKind<Blip2Session> ATTACHED = Blip2Answers::writeAttached;
    private static final AnswerKind<Blip2Session> SETTLED = Blip2Answers::writeSettled;
    private static final AnswerKind<Blip2Session> DETACHED = Blip2Answers::writeDetached;
    private static final AnswerKind<Blip2Session> DONE = Blip2Answers::writeDone;
    private static final AnswerKind<Blip2Session> LETTERS_DONE = Blip2Answers::writeLettersDone;

    private final Confirms confirms;

    Blip2Answers(Blip2Session session, BlipResources shared) {
        super(session, shared);
        confirms = new Confirms(session.output());
    }

    /** @param refusal null when the messages were accepted */
    void confirm(long firstNumber, int count, int subscriptions, Refusal refusal) {
        answer(CONFIRM, firstNumber, count, subscriptions, refusal);
    }

    private static boolean writeConfirm(
            Blip2Session session, long firstNumber, long count, long subscriptions, Object refusal) {
        session.answers().confirms.add(firstNumber, (int) count, (int) subscriptions, (Refusal) refusal);
        return true;
    }

    /** Messages that had been stored before, under their publish ids. */
    void confirmDuplicates(long firstNumber, int count, int subscriptions) {
        answer(CONFIRM_DUPLICATES, firstNumber, count, subscriptions, null);
    }

    private static boolean writeDuplicates(
            Blip2Session session, long firstNumber, long count, long subscriptions, Object none) {
        session.answers().confirms.addDuplicates(firstNumber, (int) count, (int) subscriptions);
        return true;
    }

    /** @param number of the request, as the broker knows it */
    void attached(long correlationId, long subscriptionId, long number) {
        answer(ATTACHED, correlationId, subscriptionId, number, null);
    }

    private static boolean writeAttached(
            Blip2Session session, long correlationId, long subscriptionId, long number, Object none) {
        AttachedInfo info = session.isEnded()
                ? null
                : session.broker().attaching().attached(session.client(), subscriptionId, number);
        if (info == null) {
            ByteBuffer to = session.output().append(V2Nack.LOST_MEANWHILE.frameBytes());
            FrameEncoder.nack(to, correlationId, V2Nack.LOST_MEANWHILE);
        } else {
            ByteBuffer to = session.output().append(AttachLayout.attachedFrameBytes());
            AnswerEncoder.attached(to, correlationId, subscriptionId, info.existed(), info.backlog());
        }
        return true;
    }

    /** @param unknown the tags that hit nothing */
    void settled(long correlationId, int settled, long[] unknown) {
        answer(SETTLED, correlationId, settled, 0, unknown);
    }

    private static boolean writeSettled(
            Blip2Session session, long correlationId, long settled, long none, Object unknownTags) {
        long[] unknown = (long[]) unknownTags;
        ByteBuffer to = session.output().append(SettleLayout.settledFrameBytes(unknown.length));
        AnswerEncoder.settled(to, correlationId, (int) settled, unknown);
        return true;
    }

    void detached(long correlationId, long subscriptionId) {
        answer(DETACHED, correlationId, subscriptionId, 0, null);
    }

    private static boolean writeDetached(
            Blip2Session session, long correlationId, long subscriptionId, long none, Object nothing) {
        ByteBuffer to = session.output().append(AttachLayout.detachedFrameBytes(0));
        AnswerEncoder.detached(to, correlationId, subscriptionId, 0, NO_TEXT);
        return true;
    }

    /** @param count of deliveries */
    void done(long correlationId, long count) {
        answer(DONE, correlationId, count, 0, null);
    }

    private static boolean writeDone(Blip2Session session, long correlationId, long count, long none, Object nothing) {
        AnswerEncoder.done(session.output().append(ListLayout.doneFrameBytes()), correlationId, count);
        return true;
    }

    void lettersDone(long correlationId, LettersDone done) {
        answer(LETTERS_DONE, correlationId, 0, 0, done);
    }

    private static boolean writeLettersDone(
            Blip2Session session, long correlationId, long none, long nothing, Object done) {
        ByteBuffer to = session.output().append(ListLayout.lettersDoneFrameBytes());
        AnswerEncoder.lettersDone(to, correlationId, (LettersDone) done);
        return true;
    }
}
