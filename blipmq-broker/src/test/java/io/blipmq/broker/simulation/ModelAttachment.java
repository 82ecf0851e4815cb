package io.blipmq.broker.simulation;

import io.blipmq.broker.AttachRequest;
import io.blipmq.broker.BrokerOptions;
import java.util.concurrent.TimeUnit;

/** A connection's hold on a subscription, with the credit that it has given. Owned by the simulation's thread. */
final class ModelAttachment {
    final PushedClient client;
    final boolean creditOnSettle;
    final boolean countFromBegin;
    private final long ackTimeoutNanos;
    private final long backoffNanos;
    final long number;
    /** Whether ATTACHED has left: not before that is anything pushed. */
    boolean answered;

    long credit;
    /** At least what there really is: the bytes of properties are not counted here. */
    private long creditBytes;

    ModelAttachment(PushedClient client, AttachRequest request, BrokerOptions options) {
        this.client = client;
        this.number = request.number();
        this.credit = request.credit();
        this.countFromBegin = request.countFromBegin();
        this.creditBytes = request.creditBytes();
        this.creditOnSettle = request.creditOnSettle();
        this.ackTimeoutNanos = request.ackTimeoutMillis() == 0
                ? options.ackTimeoutNanos()
                : TimeUnit.MILLISECONDS.toNanos(request.ackTimeoutMillis());
        this.backoffNanos = TimeUnit.MILLISECONDS.toNanos(request.retryBackoffMillis());
    }

    long ackTimeoutNanos() {
        return ackTimeoutNanos;
    }

    long backoffNanos(int attempt) {
        return (long) Math.min(backoffNanos * Math.pow(2, Math.max(0, attempt - 1)), Math.max(30e9, backoffNanos));
    }

    void addBytes(long bytes) {
        boolean unlimited = bytes == AttachRequest.UNLIMITED_CREDIT || creditBytes == AttachRequest.UNLIMITED_CREDIT;
        creditBytes = unlimited ? AttachRequest.UNLIMITED_CREDIT : creditBytes + bytes;
    }

    /** @param bytes of its body */
    void onPushed(int bytes) {
        if (creditBytes < AttachRequest.UNLIMITED_CREDIT) {
            Check.that(creditOnSettle || creditBytes > 0, () -> client + " was pushed more than its credit in bytes");
            creditBytes -= bytes;
        }
        spend(1);
    }

    private void spend(int count) {
        if (credit < AttachRequest.UNLIMITED_CREDIT) {
            Check.that(creditOnSettle || credit >= count, () -> client + " was pushed more than its credit");
            credit -= count;
        }
    }

    /** Whether it takes messages for sure. */
    boolean takes() {
        return answered && credit > 0 && creditBytes == AttachRequest.UNLIMITED_CREDIT && client.takes();
    }
}
