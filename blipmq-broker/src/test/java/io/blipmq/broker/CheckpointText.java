package io.blipmq.broker;

import io.blipmq.broker.journal.CheckpointDecoder;
import io.blipmq.broker.journal.CheckpointVisitor;
import io.blipmq.broker.journal.ClockJump;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** What a checkpoint holds, a line for each piece. */
public final class CheckpointText implements CheckpointVisitor {
    private final List<String> lines = new ArrayList<>();

    public static List<String> of(ByteBuffer content) {
        CheckpointText text = new CheckpointText();
        CheckpointDecoder.decode(content, text);
        return text.lines;
    }

    @Override
    public void onTime(long millis, List<ClockJump> jumps) {
        lines.add("time " + millis + " " + jumps);
    }

    @Override
    public void onSchedule(ScheduleState s) {
        lines.add("schedule " + s.bucket() + " from " + s.firstSequence() + " " + s.count() + " through "
                + s.throughMillis() + " " + s.throughSequence() + " late " + Arrays.toString(s.late()) + " cancelled "
                + Arrays.toString(s.cancelled()));
    }

    @Override
    public void onTopic(byte[] name, boolean filter, LogState log) {
        lines.add((filter ? "filter " : "topic ") + new String(name, StandardCharsets.UTF_8) + " " + log);
    }

    @Override
    public void onSubscription(SubscriptionState s) {
        lines.add(
                "subscription " + s.id() + " " + s.owner() + " '" + new String(s.name(), StandardCharsets.UTF_8) + "' "
                        + s.endsWithConnection() + " at " + s.nextSequence() + " " + s.passedCount() + " "
                        + s.passedBytes() + " "
                        + s.letters() + " ahead " + Arrays.toString(s.settledAhead()) + " "
                        + Arrays.toString(s.settledLengths()));
        if (s.detachedMillis() != 0) {
            lines.add("detached " + s.detachedMillis());
        }
    }

    @Override
    public void onDelivery(DeliveryState delivery) {
        lines.add(delivery.toString());
    }

    @Override
    public void onPublishId(PublishIdState id) {
        lines.add("publish id " + id.sequence() + " " + id.publishedMillis() + " "
                + HexFormat.of().formatHex(id.key()));
    }

    @Override
    public void onLetter(LetterState letter) {
        lines.add(letter.toString());
    }
}
