/**
 * The event loop: sockets, connections, buffers, budgets, backpressure and deadlines. It knows no protocol.
 *
 * <p><b>Owner.</b> The broker thread runs the loop and the broker's core in one duty cycle and owns everything here,
 * unless a class says otherwise; the core's packages call it the core thread. Other threads may call
 * {@link io.blipmq.net.EventLoop#wakeup()} and read {@link io.blipmq.net.NetMetrics} and
 * {@link io.blipmq.net.ProtocolMetrics}.
 *
 * <p><b>Guests.</b> A protocol implements {@link io.blipmq.net.Protocol}, which begins a {@link io.blipmq.net.Session}
 * for each connection that its listener accepts. The session finds packets in the bytes that came in, handles them, and
 * writes into {@link io.blipmq.net.OutputQueue}; everything that keeps peers from harming each other is done here, in
 * the same way for all. BlipMQ's own protocol is the guest in {@code io.blipmq.net.blip} and the packages of its
 * versions. Nothing here may depend on a guest. Another protocol is a package beside that one, and a listener that the
 * daemon opens for it.
 *
 * <p><b>Filters.</b> Packets are read from a {@link java.nio.channels.ReadableByteChannel} and written to a
 * {@link java.nio.channels.GatheringByteChannel}, which are the socket's own channel today. What changes bytes and not
 * packets, such as TLS or WebSocket framing, belongs between the two, in {@code Connection}.
 *
 * <p><b>Read first</b> {@link io.blipmq.net.EventLoop}, whose {@code doWork} is a turn; then {@code Connection},
 * {@code PacketFlow} (packets in, and where backpressure begins), {@code InputBuffer} and {@code OutputQueue}. How a
 * connection ends is {@code ConnectionLifecycle}'s, and why is an {@link io.blipmq.net.EndReason}, for which each
 * protocol has its own word. A number to count is a {@link io.blipmq.net.NetMetric}, which the daemon's
 * {@code Observation} shows as a {@code Metric} of {@code blipmq-metrics}. The neighbour below is
 * {@code io.blipmq.broker}.
 */
package io.blipmq.net;
