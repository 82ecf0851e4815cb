package io.blipmq.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Waits for the client's futures. Stateless. */
final class Futures {
    private Futures() {}

    /** The future's value; its failure is thrown as it is. */
    static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof BlipException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
