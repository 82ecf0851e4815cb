package io.blipmq.client;

import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Owned by the client's thread. The requests that wait for a connection, and those that wait for their answer. Their number is
 * bounded by those who wait: a request is a call that blocks.
 */
final class Requests {
    /** Requests are numbered from here, far from the numbers of published messages. */
    static final long FIRST_ID = 1L << 62;

    private final Deque<Request> waiting = new ArrayDeque<>();
    private final Map<Long, Request> sent = new HashMap<>();
    private long nextId = FIRST_ID;

    void add(Request request) {
        waiting.add(request);
    }

    boolean isEmpty() {
        return waiting.isEmpty() && sent.isEmpty();
    }

    void writeTo(FrameOutput output) {
        for (Request request = waiting.poll(); request != null; request = waiting.poll()) {
            send(request, output);
        }
    }

    void send(Request request, FrameOutput output) {
        long id = nextId++;
        sent.put(id, request);
        request.writeTo(output, id);
    }

    void onAnswer(FrameType type, long id, ByteBuffer buffer, int payloadOffset, int payloadLength)
            throws ProtocolException {
        Request request = sent.remove(id);
        if (request == null || request.answerType() != type) {
            throw new ProtocolException("the broker sent a " + type + " that answers no request");
        }
        request.onAnswer(buffer, payloadOffset, payloadLength);
    }

    void onNack(long id, int code, String text) throws ProtocolException {
        Request request = sent.remove(id);
        if (request == null) {
            throw new ProtocolException("the broker sent a NACK that answers no request");
        }
        request.fail(new RefusedException(request.what(), code, text));
    }

    void expire(long nowNanos) {
        for (Iterator<Request> it = waiting.iterator(); it.hasNext(); ) {
            Request request = it.next();
            if (request.isExpired(nowNanos)) {
                it.remove();
                request.fail(new TimedOutException(request.what() + ": no connection in time"));
            }
        }
        for (Request request : sent.values()) {
            if (!request.isEnded() && request.isExpired(nowNanos)) {
                request.fail(new TimedOutException(request.what() + ": no answer in time"));
            }
        }
    }

    /** The connection is gone, and with it the answers to what was asked on it. */
    void onLost(String reason) {
        List<Request> lost = new ArrayList<>(sent.values());
        waiting.stream().filter(Request::isOfConnection).forEach(lost::add);
        sent.clear();
        waiting.removeAll(lost);
        for (Request request : lost) {
            request.fail(new ConnectionLostException(request.what() + ": " + reason, null));
        }
    }

    /** The client has ended. */
    void failAll(BlipException failure) {
        List<Request> all = new ArrayList<>(sent.values());
        all.addAll(waiting);
        sent.clear();
        waiting.clear();
        for (Request request : all) {
            request.fail(failure);
        }
    }
}
