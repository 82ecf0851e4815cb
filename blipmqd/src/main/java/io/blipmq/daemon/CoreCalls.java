package io.blipmq.daemon;

import io.blipmq.broker.Mailbox;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Asks the core something from another thread: the call runs on the core thread, in its next turn. Stateless. */
final class CoreCalls {
    private CoreCalls() {}

    /** @return what the call gives, or its exception */
    static <T> CompletableFuture<T> ask(Mailbox mailbox, Callable<T> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        mailbox.post(() -> {
            try {
                answer.complete(call.call());
            } catch (Exception e) { // whatever it is belongs to the asker
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }
}
