/**
 * BlipMQ's own protocol, as far as its versions share it: frames, HELLO, AUTH, PING, and answers in the order of
 * requests.
 *
 * <p><b>Owner.</b> The broker thread.
 *
 * <p><b>Read first</b> {@link io.blipmq.net.blip.BlipSession}: frames become calls of handlers, and a session's end
 * lets go of its client; then {@link io.blipmq.net.blip.Answers}: an answer leaves when everything before it is stored.
 *
 * <p>A connection begins with {@code HelloSession}, which hands it over to the session of the version that HELLO asks
 * for. A new version is a {@link io.blipmq.net.blip.BlipVersion} in a package of its own, which the daemon names to
 * {@link io.blipmq.net.blip.BlipProtocol}; nothing here depends on one. The bytes are {@code io.blipmq.protocol}'s:
 * there {@code FrameLayout} says what else a version needs, and {@code FrameType} says of each version who may send
 * what.
 */
package io.blipmq.net.blip;
