package io.blipmq.cli;

import io.blipmq.client.SubscriptionListener;
import io.blipmq.client.SubscriptionState;
import java.io.PrintStream;

/** Owned by the client's thread. Says why nothing comes although there is a connection, and what may have been missed. */
final class SubscriptionNews implements SubscriptionListener {
    private final PrintStream errors;

    SubscriptionNews(PrintStream errors) {
        this.errors = errors;
    }

    @Override
    public void onState(SubscriptionState state, String reason) {
        if (state == SubscriptionState.WAITING) {
            errors.println("waiting: " + Printable.of(reason));
        } else if (state == SubscriptionState.ATTACHED && !reason.isEmpty()) {
            errors.println("attached again: " + Printable.of(reason));
        }
    }
}
