/**
 * The daemon: its command line, the wiring of the modules, and its life from start to shutdown.
 *
 * <p>Start reading at {@link io.blipmq.daemon.Daemon}, which starts and stops everything; {@link io.blipmq.daemon.Main}
 * is the command line around it. The threads are made here: {@code broker} (event loop and core) and {@code log}, which
 * {@link io.blipmq.daemon.threads.CoreAndLogThreads} runs together, {@code log-prepare}, {@code maintenance}, and the main
 * thread, which only waits.
 *
 * <p>The commands on a stopped daemon's log begin at {@link io.blipmq.daemon.WalCommand} and
 * {@link io.blipmq.daemon.SubscriptionsCommand}; they run on the main thread alone.
 */
package io.blipmq.daemon;
