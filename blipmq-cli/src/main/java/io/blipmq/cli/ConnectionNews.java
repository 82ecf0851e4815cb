package io.blipmq.cli;

import io.blipmq.client.BlipAddress;
import io.blipmq.client.ConnectionListener;
import io.blipmq.client.ConnectionState;
import java.io.PrintStream;

/** Owned by the client's thread. Says that a connection ends or was lost, and that there is one again: a line each. */
final class ConnectionNews implements ConnectionListener {
    private final BlipAddress address;
    private final PrintStream errors;
    private boolean lost;

    ConnectionNews(BlipAddress address, PrintStream errors) {
        this.address = address;
        this.errors = errors;
    }

    @Override
    public void onState(ConnectionState state, String reason) {
        if (state == ConnectionState.GOING_AWAY) {
            errors.println("the broker is closing the connection: " + Printable.of(reason));
        } else if (state == ConnectionState.DISCONNECTED) {
            lost = true;
            errors.println("connection to " + address + " lost, reconnecting");
        } else if (state == ConnectionState.CONNECTED && lost) {
            lost = false;
            errors.println("reconnected");
        }
    }
}
