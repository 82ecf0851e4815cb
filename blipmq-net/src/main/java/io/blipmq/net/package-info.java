/**
 * The TCP server: one event loop, its connections, and the sessions on them, of protocol version 1 (polled) or 2 (pushed).
 *
 * <p>Everything here is owned by the broker thread, which runs the event loop and the broker's core in one duty cycle,
 * unless a class says otherwise; other threads reach in through {@link io.blipmq.net.EventLoop#wakeup()} and read
 * {@link io.blipmq.net.NetMetrics}. Below it stands {@code io.blipmq.broker}; the wire's bytes are
 * {@code io.blipmq.protocol}'s. The way of a frame: {@link io.blipmq.net.EventLoop} → {@code Connection} →
 * {@code InputBuffer} → {@code Session} → {@code PollSession} or {@code PushSession} → a handler such as {@code PublishHandler} →
 * the broker; the way of an answer: {@code Answers} → {@code OutputQueue} → the socket; of a message in version 2: the
 * broker → {@code Pushes} → {@code OutputQueue} → the socket. Start reading at {@link io.blipmq.net.EventLoop}.
 */
package io.blipmq.net;
