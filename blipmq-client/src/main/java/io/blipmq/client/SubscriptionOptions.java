package io.blipmq.client;

import io.blipmq.protocol.v2.AttachLayout;
import java.time.Duration;

/**
 * What somebody wants of a subscription. Immutable.
 *
 * @param topicBytes the topic as it stands on the wire; likewise the name
 * @param filter whether the topic is a filter of topics
 * @param name empty for one that ends with the client
 * @param group whether the name is shared with other clients
 * @param credit deliveries that may be here and not be settled, or at QoS 0 not be taken
 * @param creditBytes their bytes, but for one message that may be larger
 * @param total deliveries that are wanted in all
 * @param countFromBegin whether an attempt counts only once its delivery has been taken here
 * @param retryDelay until a delivery whose handler failed comes again
 */
record SubscriptionOptions(
        String topic,
        byte[] topicBytes,
        boolean filter,
        String name,
        byte[] nameBytes,
        boolean group,
        int qos,
        int credit,
        long creditBytes,
        long total,
        Duration ackTimeout,
        Duration retryBackoff,
        Duration retryDelay,
        boolean autoAck,
        boolean takeOver,
        boolean fromNew,
        boolean countFromBegin) {
    /** What the wire's u32 can say without meaning that there is no limit. */
    static final long CREDIT_BYTES_MAX = 0xffff_fffeL;

    /** @param first whether it is attached for the first time; what it holds is dropped only then */
    int attachFlags(boolean first) {
        return qos
                | (filter ? AttachLayout.FILTER_FLAG : 0)
                | (group ? AttachLayout.GROUP_FLAG : 0)
                | (countFromBegin ? AttachLayout.COUNT_FROM_BEGIN_FLAG : 0)
                | (takeOver && first ? AttachLayout.TAKE_OVER_FLAG : 0)
                | (fromNew && first ? AttachLayout.FROM_NEW_FLAG : 0);
    }

    boolean isNamed() {
        return !name.isEmpty();
    }
}
