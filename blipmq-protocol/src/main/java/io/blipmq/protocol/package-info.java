/**
 * The wire format, for server and clients: which bytes a frame has, and nothing about when it is sent. Frames are the
 * same in all versions; the payloads here are those of version 1, and those of HELLO, AUTH, ACK, NACK, PING and PONG that
 * both versions share.
 *
 * <p>Everything here is stateless or immutable and may be used by any thread; the buffers handed in stay their caller's.
 * Nothing allocates on the path of a message. Neighbours: {@code v2} with the payloads of version 2, {@code blipmq-net} on the server's side,
 * {@code blipmq-client} on the client's. Start reading at {@link io.blipmq.protocol.FrameLayout}.
 */
package io.blipmq.protocol;
