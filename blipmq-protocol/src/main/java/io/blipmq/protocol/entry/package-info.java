/**
 * The form that a message has everywhere: in a request to publish, in memory, in the log and in a delivery. An entry is a
 * length, properties and a body; it belongs to no protocol, and a protocol that has entries on its wire copies them as they are.
 *
 * <p>Everything here is stateless or immutable and may be used by any thread, unless a class says otherwise; the buffers
 * handed in stay their caller's. Neighbours: {@code blipmq-broker}, which keeps entries, and {@code v2}, whose frames hold
 * them. Start reading at {@link io.blipmq.protocol.entry.EntryLayout}.
 */
package io.blipmq.protocol.entry;
