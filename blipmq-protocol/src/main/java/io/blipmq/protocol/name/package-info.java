/**
 * Names: valid UTF-8, what a topic may be called, filters of topics and which of many match one. The core, the server and the
 * clients share them; no wire is involved.
 *
 * <p>Everything here is stateless or immutable and may be used by any thread, except a tree of filters, which is its owner's.
 * Start reading at {@link io.blipmq.protocol.name.Topics}.
 */
package io.blipmq.protocol.name;
