package io.blipmq.client;

import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Owned by the client's thread; its future is anybody's. A request whose answer somebody waits for. */
final class FutureRequest<T> extends Request {
    /** Writes a request into a buffer that has room for it. */
    interface Writer {
        void write(ByteBuffer to, long id);
    }

    /** Reads an answer; null stands for one that does not parse. */
    interface Reader<T> {
        T read(ByteBuffer buffer, int payloadOffset, int payloadLength);
    }

    private final int frameBytes;
    private final Writer writer;
    private final Reader<T> reader;
    private final CompletableFuture<T> future = new CompletableFuture<>();

    FutureRequest(
            String what, FrameType answerType, long deadlineNanos, int frameBytes, Writer writer, Reader<T> reader) {
        super(what, answerType, deadlineNanos);
        this.frameBytes = frameBytes;
        this.writer = writer;
        this.reader = reader;
    }

    CompletableFuture<T> future() {
        return future;
    }

    @Override
    void writeTo(FrameOutput output, long id) {
        writer.write(output.room(frameBytes), id);
    }

    @Override
    void onAnswer(ByteBuffer buffer, int payloadOffset, int payloadLength) throws ProtocolException {
        T answer = reader.read(buffer, payloadOffset, payloadLength);
        if (answer == null) {
            throw new ProtocolException("the broker sent a " + answerType() + " that does not parse");
        }
        future.complete(answer);
    }

    @Override
    void onFailure(BlipException failure) {
        future.completeExceptionally(failure);
    }
}
