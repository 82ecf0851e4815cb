package io.blipmq.client;

import io.blipmq.protocol.v2.PublishLayout;
import io.blipmq.protocol.v2.RequestEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Owned by the client's thread, but for {@link #offer}, which is anybody's. The way of messages to the broker.
 *
 * <pre>
 * offered (any thread) → toSend → inFlight (sent, a confirm is wanted) → confirmed or refused
 *                          ↑         |
 *                          +---------+  the connection was lost, or the broker was shutting down: again, in the same order
 * </pre>
 *
 * <p>What has come together while the socket was busy goes out as one batch, as far as topic and QoS are the same. A message
 * has a number per connection; confirms name numbers, and come in order.
 */
final class Publisher {
    /** A batch shares its header and its confirm; beyond this there is nothing more to share. */
    private static final int BATCH_BYTES_MAX = 64 * 1024;

    private static final int BATCH_MESSAGES_MAX = 4096;
    /** Output is not filled beyond this: what waits here can still be joined by what comes. */
    private static final int OUTPUT_BYTES_MAX = 256 * 1024;

    private final PublishWindow window;
    private final Queue<PendingPublish> offered = new ConcurrentLinkedQueue<>();
    private final Deque<PendingPublish> toSend = new ArrayDeque<>();
    private final Deque<PendingPublish> inFlight = new ArrayDeque<>();
    /** Refused because the broker was shutting down, or did not lead: they go first on the next connection. */
    private final List<PendingPublish> refusedForNow = new ArrayList<>();

    private final List<PendingPublish> batch = new ArrayList<>();
    private long nextNumber = 1;
    private CompletableFuture<Void> idle;
    private volatile BlipException ended;

    Publisher(PublishWindow window) {
        this.window = window;
    }

    /** Takes a message that the window has let in. The client's thread has to be woken. */
    void offer(PendingPublish publish) {
        offered.add(publish);
        BlipException reason = ended;
        if (reason != null) {
            failOffered(reason);
        }
    }

    /** Writes batches until there is nothing to send or enough to write. */
    void writeTo(FrameOutput output) {
        while (output.pendingBytes() < OUTPUT_BYTES_MAX && gather()) {
            writeBatch(output);
        }
    }

    private boolean gather() {
        batch.clear();
        int bytes = 0;
        for (PendingPublish next = peek(); next != null; next = peek()) {
            if (next.isDone()) {
                remove(toSend.poll());
                continue;
            }
            boolean fits = batch.isEmpty()
                    || (batch.size() < BATCH_MESSAGES_MAX
                            && bytes + next.entryBytes() <= BATCH_BYTES_MAX
                            && next.fitsBatchOf(batch.get(0)));
            if (!fits) {
                return true;
            }
            bytes += next.entryBytes();
            batch.add(toSend.poll());
        }
        return !batch.isEmpty();
    }

    private PendingPublish peek() {
        if (toSend.isEmpty()) {
            PendingPublish next = offered.poll();
            if (next != null) {
                toSend.add(next);
            }
        }
        return toSend.peek();
    }

    private void writeBatch(FrameOutput output) {
        PendingPublish first = batch.get(0);
        first.batchMessages(batch.size());
        int entries = 0;
        for (PendingPublish publish : batch) {
            entries += publish.entryBytes();
        }
        int flags = first.qos() | (first.wantsConfirm() ? PublishLayout.CONFIRM_FLAG : 0);
        ByteBuffer to = output.room(PublishLayout.publishBatchFrameBytes(first.topic().length, entries));
        RequestEncoder.publishBatch(to, nextNumber, flags, first.topic(), entries);
        for (PendingPublish publish : batch) {
            publish.number(nextNumber++);
            publish.writeEntry(to);
            if (publish.wantsConfirm()) {
                inFlight.add(publish);
            } else {
                remove(publish);
            }
        }
    }

    /** Reads a CONFIRM that has the right form. */
    void onConfirm(long firstNumber, ByteBuffer buffer, int payloadOffset, int payloadLength) {
        long number = firstNumber;
        int end = payloadOffset + payloadLength;
        for (int run = payloadOffset; run < end; run = PublishLayout.nextRun(buffer, run)) {
            long next = number + PublishLayout.runCount(buffer, run);
            int code = PublishLayout.runCode(buffer, run);
            if (code == 0) {
                boolean duplicate = text(buffer, run).equals(PublishLayout.DUPLICATE_TEXT);
                Confirm confirm = new Confirm((int) PublishLayout.runSubscriptions(buffer, run), duplicate);
                settle(number, next, publish -> publish.future().complete(confirm));
            } else {
                onRefused(number, next, code, text(buffer, run));
            }
            number = next;
        }
    }

    private static String text(ByteBuffer buffer, int run) {
        int length = PublishLayout.runTextLength(buffer, run);
        if (length == 0) {
            return "";
        }
        byte[] text = new byte[length];
        buffer.get(run + PublishLayout.RUN_TEXT_OFFSET, text);
        return new String(text, StandardCharsets.UTF_8);
    }

    /** A batch was refused as a whole. */
    void onNack(long firstNumber, int code, String text) {
        long next = firstNumber + 1;
        for (PendingPublish publish : inFlight) {
            if (publish.number() == firstNumber) {
                next = firstNumber + publish.batchMessages();
                break;
            }
        }
        onRefused(firstNumber, next, code, text);
    }

    private void onRefused(long from, long to, int code, String text) {
        RefusedException refusal = new RefusedException("a publish", code, text);
        settle(from, to, publish -> {
            if (refusal.isOfConnection() && publish.qos() == 1 && !publish.isDone()) {
                refusedForNow.add(publish);
            } else {
                publish.fail(refusal);
            }
        });
    }

    /** What happens to one message of a run. */
    private interface Settlement {
        void accept(PendingPublish publish);
    }

    /** Those of the numbers that wait are the oldest that do: only unconfirmed ones of QoS 0 can stand between. */
    private void settle(long from, long to, Settlement settlement) {
        int messages = 0;
        long bytes = 0;
        for (Iterator<PendingPublish> it = inFlight.iterator(); it.hasNext(); ) {
            PendingPublish publish = it.next();
            if (publish.number() >= to) {
                break;
            }
            if (publish.number() >= from) {
                it.remove();
                int kept = refusedForNow.size();
                settlement.accept(publish);
                if (refusedForNow.size() == kept) {
                    messages++;
                    bytes += publish.entryBytes();
                }
            }
        }
        if (messages > 0) {
            window.release(messages, bytes);
        }
    }

    /** What was sent and is not confirmed is sent again, before what has not been sent; at QoS 0 it is lost. */
    void onLost(String reason) {
        List<PendingPublish> again = new ArrayList<>(refusedForNow);
        again.addAll(0, inFlight);
        again.sort((a, b) -> Long.compare(a.number(), b.number()));
        refusedForNow.clear();
        inFlight.clear();
        for (int i = again.size() - 1; i >= 0; i--) {
            PendingPublish publish = again.get(i);
            if (publish.qos() == 1 && !publish.isDone()) {
                toSend.addFirst(publish);
            } else {
                publish.fail(new ConnectionLostException("a publish at QoS 0: " + reason, null));
                remove(publish);
            }
        }
        nextNumber = 1;
    }

    /** Ends what has waited too long. What is in flight keeps its place until its confirm comes. */
    void expire(long nowNanos) {
        for (PendingPublish publish : inFlight) {
            if (!publish.isExpired(nowNanos)) {
                break;
            }
            publish.fail(new TimedOutException("a publish was not confirmed in time"));
        }
        for (PendingPublish next = peek(); next != null && next.isExpired(nowNanos); next = peek()) {
            next.fail(new TimedOutException("a publish could not be sent in time"));
            remove(toSend.poll());
        }
    }

    boolean isIdle() {
        return inFlight.isEmpty() && refusedForNow.isEmpty() && peek() == null;
    }

    /** Nothing waits for its confirm on this connection. */
    boolean isConfirmed() {
        return inFlight.isEmpty();
    }

    /** Whether nobody waits for anything any more; what has timed out nobody waits for. */
    private boolean isSettled() {
        return refusedForNow.isEmpty() && peek() == null && inFlight.stream().allMatch(PendingPublish::isDone);
    }

    /** A future that ends once nothing is unconfirmed. */
    void onIdle(CompletableFuture<Void> future) {
        idle = future;
    }

    void tellIdle() {
        if (idle != null && isSettled()) {
            idle.complete(null);
            idle = null;
        }
    }

    /** The client has ended. */
    void failAll(BlipException reason) {
        ended = reason;
        window.close(reason.getMessage());
        onLost(reason.getMessage());
        for (PendingPublish publish = toSend.poll(); publish != null; publish = toSend.poll()) {
            publish.fail(reason);
        }
        failOffered(reason);
    }

    private void failOffered(BlipException reason) {
        for (PendingPublish publish = offered.poll(); publish != null; publish = offered.poll()) {
            publish.fail(reason);
        }
    }

    private void remove(PendingPublish publish) {
        window.release(1, publish.entryBytes());
    }
}
