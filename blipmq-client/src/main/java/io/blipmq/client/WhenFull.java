package io.blipmq.client;

/** What publishing does when as many messages or bytes are unconfirmed as the client may have. */
public enum WhenFull {
    /** It waits until there is room, at most as long as a confirm may take. */
    BLOCK,
    /** It ends at once with a {@link FullException}. */
    FAIL
}
