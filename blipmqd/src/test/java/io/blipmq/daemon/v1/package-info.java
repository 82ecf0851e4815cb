/**
 * A client of protocol version 1 for the tests: publish, subscribe, poll, acknowledge, and PING as the commit barrier. A
 * client belongs to the thread that uses it. Start reading at {@link io.blipmq.daemon.v1.BlipClient}.
 */
package io.blipmq.daemon.v1;
