/**
 * The wire format of protocol version 1, for server and clients: which bytes a frame has, and nothing about when it is
 * sent.
 *
 * <p>Everything here is stateless or immutable and may be used by any thread; the buffers handed in stay their caller's.
 * Nothing allocates on the path of a message. Neighbours: {@code blipmq-net} on the server's side,
 * {@code blipmq-client} on the client's. Start reading at {@link io.blipmq.protocol.FrameLayout}.
 */
package io.blipmq.protocol;
