/**
 * The threads of the daemon's agents: who runs which turn, and what happens when one lasts.
 *
 * <p>There are two doors. {@link io.blipmq.daemon.threads.AgentThread} is one thread for one agent. {@link
 * io.blipmq.daemon.threads.CoreAndLogThreads}, where to start reading, is the two threads that run the core and the log: it
 * lets the core's thread do the log's work when waking the other thread would cost more, and lets the two change places when
 * the disk keeps that thread waiting.
 *
 * <p>The agents are interfaces; nothing here knows a socket or a file. Every field that two threads see is in {@link
 * io.blipmq.daemon.threads.LogTurnOwner}, whose table of states is the proof that no frame is left behind; change it only
 * together with {@code CoreAndLogThreadsStressTest}.
 */
package io.blipmq.daemon.threads;
