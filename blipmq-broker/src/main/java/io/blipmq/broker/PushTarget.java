package io.blipmq.broker;

import io.blipmq.broker.memory.SwapRemoveList;

/**
 * What the {@link ReadyList} lists because there may be something to push: one connection's {@link Attachment}, or a {@link
 * ConsumerGroup} of several. Owned by the core thread.
 */
abstract class PushTarget extends SwapRemoveList.Item {
    /** Owned by {@link AttachmentQueue}. */
    boolean listed;

    /** Whether anything may be pushed, as far as connections are concerned. A group looks at its members. */
    abstract boolean isOpen();

    /** Where it waits until its connection's output has room; null when it does not wait for that. */
    abstract AttachmentQueue waitingQueue();
}
