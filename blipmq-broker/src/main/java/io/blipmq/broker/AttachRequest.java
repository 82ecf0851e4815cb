package io.blipmq.broker;

/**
 * What a connection asks for with ATTACH; validated. Immutable.
 *
 * @param qos 0 or 1
 * @param topic in UTF-8, perhaps a dead-letter topic, which is at QoS 1
 * @param filter whether the topic is a filter of topics, in which nothing is wrong
 * @param name in UTF-8; empty: the subscription ends with its connection. At QoS 0 only a group has one; ignored on a
 *     dead-letter topic
 * @param group whether the connection is one of several that share the subscription as competing consumers
 * @param takeOver whether a live connection that holds the name has to give way
 * @param fromNew whether what the named subscription holds is dropped
 * @param ackTimeoutMillis in which a delivery is to be settled; 0: the daemon's
 * @param retryBackoffMillis until a delivery that timed out is due again, doubling each time; 0: at once
 * @param creditOnSettle whether settling a delivery gives its credit back
 * @param countFromBegin whether an attempt counts only once the client has said that it begins with the delivery
 * @param credit messages that may be pushed at first; {@link #UNLIMITED_CREDIT}: without limit
 * @param creditBytes bytes of them, of bodies and properties; likewise
 * @param number no other request of this connection has it
 */
public record AttachRequest(
        int qos,
        byte[] topic,
        boolean filter,
        byte[] name,
        boolean group,
        boolean takeOver,
        boolean fromNew,
        long ackTimeoutMillis,
        long retryBackoffMillis,
        boolean creditOnSettle,
        boolean countFromBegin,
        long credit,
        long creditBytes,
        long number) {
    /** The credit of a subscription that takes whatever comes. */
    public static final long UNLIMITED_CREDIT = 0xffff_ffffL;
}
