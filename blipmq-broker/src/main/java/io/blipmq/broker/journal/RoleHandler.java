package io.blipmq.broker.journal;

import java.nio.ByteBuffer;

/**
 * Told, between the commands of a log, what becomes of this node. Called on the core thread, in the order of the log. A log
 * that this node alone keeps never calls it: there the node leads from its start to its end.
 */
public interface RoleHandler {
    /** From here on this node's commands are taken. Everything that was committed before has been handed over. */
    void onLeading();

    /**
     * This node leads no more. What it has appended from this number on may be lost; or it comes later, as anybody's command.
     */
    void onLost(long fromNumber);

    /**
     * Commands up to a number are not handed over: this is the state that they lead to.
     *
     * @param state for {@link CommandHandler#onCheckpoint}
     */
    void onImage(long throughNumber, ByteBuffer state);
}
