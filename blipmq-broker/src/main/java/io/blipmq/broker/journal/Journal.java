package io.blipmq.broker.journal;

import java.io.IOException;

/**
 * What a core keeps its journalled state in: the log of its commands, the messages that they have brought, and snapshots of what
 * they have led to. Immutable; the parts are owned by the core thread.
 */
public record Journal(CommandLog log, MessageStore messages, Snapshots snapshots) {

    /** Opens a journal: gives back the state of its last snapshot, then every command after it. */
    @FunctionalInterface
    public interface Opener {
        Journal open(CommandHandler replay) throws IOException;
    }
}
