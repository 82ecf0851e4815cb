/**
 * The payloads of protocol version 2, in which the broker pushes: a layout class per family of frames, which mirrors the
 * tables of {@code docs/protocol.md}, and an encoder for either direction. Frames are as in version 1.
 *
 * <p>Everything here is stateless or immutable and may be used by any thread, unless a class says otherwise; the buffers
 * handed in stay their caller's. Nothing allocates on the path of a message. A message stands in the same bytes on the wire
 * in, in memory, in the log and on the wire out: start reading at {@link io.blipmq.protocol.entry.EntryLayout}, then
 * {@link io.blipmq.protocol.v2.PublishLayout}.
 */
package io.blipmq.protocol.v2;
